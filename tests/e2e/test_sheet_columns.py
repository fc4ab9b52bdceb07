"""Each column that the owner may add to the Config tab, from the sheet to the order.

It takes some seconds, once, because it is the whole system that must honour them.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.novalgo_process import KEYS, Up, running_up

pytestmark = pytest.mark.anyio

HEADER = (
    "symbol,position_size,active,Time Frame,"
    "sizing,stop_distance,max_position,allow_short,session,signal_age,cooldown"
)
PRICE = Decimal(100)


def not_now() -> str:
    """Return a session of two minutes that is not now."""
    morning = datetime.now(ZoneInfo("America/New_York")).hour < 12
    return "23:56-23:58" if morning else "00:01-00:03"


ROWS = (
    "AAPL,10,TRUE,15 Min,shares",
    "MSFT,5,TRUE,15 Min,percent",
    "NVDA,100,TRUE,15 Min,risk,2.50",
    "TSLA,5000,TRUE,15 Min,,,1000",
    "AMZN,5000,TRUE,15 Min,,,,FALSE",
    f"META,5000,TRUE,15 Min,,,,,{not_now()}",
    "GOOGL,5000,TRUE,15 Min,,,,,,5",
    "AMD,5000,TRUE,15 Min,,,,,,,30",
    "QQQ,5000,TRUE,15 Min,,,,TRUE,00:00-23:59,600,",
)


async def alert(up: Up, action: str, symbol: str, fired: timedelta = timedelta()) -> str:
    """Send an alert that fired a while ago; return the signal's id."""
    body = {
        "action": action,
        "symbol": symbol,
        "timeframe": "15",
        "time": (datetime.now(UTC) - fired).isoformat(timespec="milliseconds"),
        "secret": (up.data_dir / "webhook_secret").read_text().strip(),
    }
    answer = await up.http.post(up.url("ingest", "/webhook"), json=body)
    signal_id: str = answer.json()["signal_id"]
    return signal_id


async def ended(up: Up, signal_id: str) -> Any:
    """Return a receipt once its signal has ended."""
    async with asyncio.timeout(60):
        while True:
            receipt = await up.read(f"/signals/{signal_id}")
            if receipt["ending"]:
                return receipt
            await asyncio.sleep(0.05)


def bought(receipt: Any) -> Decimal:
    """Return the shares of the one order that filled."""
    [order] = receipt["orders"]
    return Decimal(str(order["filled_qty"]))


async def test_every_further_column_is_honoured_by_the_order_that_comes_of_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "sheet").mkdir()
    (tmp_path / "sheet" / "Config.csv").write_text("\n".join((HEADER, *ROWS)) + "\n")
    found: dict[str, Any] = {}
    async with running_up(tmp_path, simulator_partial_fills="0") as up:
        for row in ROWS:
            held = {"symbol": row.partition(",")[0], "price": str(PRICE)}
            await up.http.post(up.url("simulator", "/sim/price"), json=held, headers=KEYS)
        equity = Decimal((await up.truth())["equity"])
        for symbol in ("AAPL", "MSFT", "NVDA", "TSLA", "META", "AMD", "QQQ"):
            found[symbol] = await ended(up, await alert(up, "BUY", symbol))
        found["AMZN"] = await ended(up, await alert(up, "SELL", "AMZN"))
        found["GOOGL"] = await ended(up, await alert(up, "BUY", "GOOGL", timedelta(seconds=20)))
        await ended(up, await alert(up, "CLOSE", "AMD"))
        again = await ended(up, await alert(up, "BUY", "AMD"))
        exits = await ended(up, await alert(up, "CLOSE", "META"))

    cost = {symbol: bought(found[symbol]) * PRICE for symbol in ("MSFT", "TSLA", "QQQ")}
    assert bought(found["AAPL"]) == 10
    assert cost["MSFT"] == pytest.approx(equity / 20, rel=Decimal("0.001"))
    assert bought(found["NVDA"]) == 40
    assert cost["TSLA"] == pytest.approx(Decimal(1000), rel=Decimal("0.001"))
    assert cost["QQQ"] == pytest.approx(Decimal(5000), rel=Decimal("0.001"))
    endings = {symbol: (each["ending"], each["reason"]) for symbol, each in found.items()}
    assert endings["AMZN"] == ("declined", "not_shortable")
    assert endings["META"] == ("declined", "market_closed")
    assert endings["GOOGL"] == ("expired", "stale")
    assert endings["AMD"] == ("filled", None)
    assert (again["ending"], again["reason"]) == ("declined", "order_rate")
    assert exits["reason"] == "already_flat"  # looked at, not refused by the session
