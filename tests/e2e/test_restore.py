"""A backup that is taken under load, put on another machine, reconciles and trades on."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from tests.novalgo_process import SERVICES, Up, clean_environ, novalgo
from tests.ports import free_port
from tests.system import HEADER
from tests.waiting import until

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(240)]

SYMBOLS = ("AAPL", "MSFT", "NVDA", "TSLA", "AMZN", "META", "GOOGL", "AMD")
AFTERWARDS = ("ORCL", "IBM")
"""Symbols that nothing is held of, for after the restore."""
ALERTS = 60


async def test_a_backup_taken_under_load_trades_on_elsewhere(tmp_path: Path) -> None:
    backup, stored = tmp_path / "backup", dict[int, str]()
    async with outside(tmp_path / "outside") as settings, httpx2.AsyncClient(timeout=30) as http:
        first, second = (
            Up(tmp_path / name, settings, http, ports(settings)) for name in ("first", "second")
        )
        first.data_dir.mkdir()
        await first.start()
        burst = asyncio.gather(*(send(first, number, stored) for number in range(ALERTS)))
        await until(lambda: len(stored) >= ALERTS // 3)
        taken = await novalgo("backup", str(backup), environ=first.environ)
        await burst
        await ended(first, stored.values())
        await first.kill()

        put_back = await novalgo("restore", str(backup), environ=second.environ)
        await second.start()
        restored = {each["signal_id"] for each in await receipts(second)}
        await ended(second, restored)
        declined = await answer(second, await buy(second, AFTERWARDS[0]))
        resumed = await novalgo("resume", environ=second.environ)
        traded = await answer(second, await buy(second, AFTERWARDS[1]))
        truth = await second.truth()
        await second.stop()

    assert (taken.code, put_back.code, resumed.code) == (0, 0, 0), taken.err + put_back.err
    assert ALERTS // 3 <= len(restored) <= ALERTS
    assert restored <= set(stored.values())
    assert (declined["ending"], declined["reason"]) == ("declined", "halted")
    assert traded["ending"] == "filled"
    at_broker = Counter(order["client_order_id"] for order in truth["orders"])
    assert max(at_broker.values()) == 1


@asynccontextmanager
async def outside(data_dir: Path) -> AsyncIterator[dict[str, str]]:
    """Run the simulator by itself; yield the settings that lead to it."""
    port = free_port()
    (data_dir / "sheet").mkdir(parents=True)
    rows = [f"{symbol},5000,TRUE,15 Min,,," for symbol in (*SYMBOLS, *AFTERWARDS)]
    (data_dir / "sheet" / "Config.csv").write_text("\n".join([HEADER, *rows]) + "\n")
    environ = clean_environ() | {
        "NOVALGO_DATA_DIR": str(data_dir),
        "NOVALGO_SIMULATOR_PORT": str(port),
        "NOVALGO_SIMULATOR_RATE_LIMIT": "100000",
    }
    simulator = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "novalgo_simulator", env=environ
    )
    url = f"http://127.0.0.1:{port}"
    try:
        yield {
            "NOVALGO_SIMULATOR_PORT": str(port),
            "NOVALGO_ALPACA_URL": url,
            "NOVALGO_ALPACA_DATA_URL": url,
            "NOVALGO_ALPACA_STREAM_URL": f"ws://127.0.0.1:{port}/stream",
            "NOVALGO_SHEET_ID": "simulated",
            "NOVALGO_SHEETS_URL": url,
            "NOVALGO_GOOGLE_CREDENTIALS": str(data_dir / "simulated-google-credentials.json"),
            "NOVALGO_RECONCILE_SECONDS": "1",
        }
    finally:
        simulator.kill()
        await simulator.wait()


def ports(settings: dict[str, str]) -> dict[str, int]:
    own = {name: free_port() for name in SERVICES}
    return own | {"simulator": int(settings["NOVALGO_SIMULATOR_PORT"])}


async def send(up: Up, number: int, stored: dict[int, str]) -> None:
    """Send one of the burst, and note the id of its signal."""
    side = ("BUY", "SELL")[number % 2]
    stored[number] = await alert(up, side, SYMBOLS[number % len(SYMBOLS)])


async def buy(up: Up, symbol: str) -> str:
    return await alert(up, "BUY", symbol)


async def alert(up: Up, action: str, symbol: str) -> str:
    """Send an alert as of now; return the id of its signal."""
    body = {
        "action": action,
        "symbol": symbol,
        "timeframe": "15",
        "id": str(uuid4()),
        "time": datetime.now(UTC).isoformat(),
        "secret": (up.data_dir / "webhook_secret").read_text(encoding="utf-8").strip(),
    }
    response = await up.http.post(up.url("ingest", "/webhook"), json=body)
    assert response.status_code == 200, response.text
    return str(response.json()["signal_id"])


async def receipts(up: Up) -> list[dict[str, object]]:
    found: list[dict[str, object]] = (await up.read("/signals?limit=200"))["signals"]
    return found


async def ended(up: Up, signal_ids: object) -> None:
    """Wait until each of these signals has its ending."""
    wanted = set(signal_ids)  # type: ignore[call-overload]
    async with asyncio.timeout(60):
        while True:
            done = {each["signal_id"] for each in await receipts(up) if each["ending"]}
            if wanted <= done:
                return
            await asyncio.sleep(0.2)


async def answer(up: Up, signal_id: str) -> dict[str, object]:
    await ended(up, [signal_id])
    receipt: dict[str, object] = await up.read(f"/signals/{signal_id}")
    return receipt
