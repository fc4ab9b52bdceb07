"""A power cut in the middle of a burst, and what the restart makes of it."""

import asyncio
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.novalgo_process import Up, running_up
from tests.waiting import until

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(240)]

SYMBOLS = ("AAPL", "MSFT", "NVDA", "TSLA", "AMZN", "META", "GOOGL", "AMD", "NFLX", "INTC")
ALERTS = 100
KILLED_AFTER = 40
"""Answers."""


async def test_what_was_answered_with_200_survives_a_kill_and_is_done_once(tmp_path: Path) -> None:
    _write_config(tmp_path)
    settings = {"simulator_rate_limit": "100000", "reconcile_seconds": "1"}
    async with running_up(tmp_path, **settings) as up:
        stored: set[str] = set()
        burst = asyncio.gather(*(_send(up, number, stored) for number in range(ALERTS)))
        await until(lambda: len(stored) >= KILLED_AFTER)
        await up.kill()
        await burst
        await up.start()
        receipts = await _endings(up, stored)
        truth = await up.truth()

    assert stored <= {receipt["signal_id"] for receipt in receipts}
    assert {receipt["ending"] for receipt in receipts} <= {
        "filled",
        "declined",
        "superseded",
        "failed",
    }
    # The cut may have caught an order on its way, and nobody can say whether it had arrived.
    failed = {receipt["reason"] for receipt in receipts if receipt["ending"] == "failed"}
    assert failed <= {"outcome_unknown"}
    orders = [order["client_order_id"] for receipt in receipts for order in receipt["orders"]]
    at_broker = Counter(order["client_order_id"] for order in truth["orders"])
    assert set(at_broker) <= set(orders)
    assert max(at_broker.values()) == 1
    assert [leg for leg, count in _legs(receipts).items() if count > 1] == []


async def _send(up: Up, number: int, stored: set[str]) -> None:
    """Send an alert; note its signal where it was answered with a 200."""
    secret = (up.data_dir / "webhook_secret").read_text(encoding="utf-8").strip()
    alert = {
        "action": ("BUY", "SELL", "CLOSE")[number % 3],
        "symbol": SYMBOLS[number % len(SYMBOLS)],
        "timeframe": "15",
        "secret": secret,
        "id": f"burst-{number}",
        "time": datetime.now(UTC).isoformat(),
    }
    with suppress(httpx2.TransportError):
        response = await up.http.post(up.url("ingest", "/webhook"), json=alert)
        if response.status_code == 200:
            stored.add(response.json()["signal_id"])


async def _endings(up: Up, stored: set[str]) -> list[dict[str, Any]]:
    """Return all receipts once each of them has its ending."""
    async with asyncio.timeout(120):
        while True:
            receipts: list[dict[str, Any]] = (await up.read("/signals?limit=200"))["signals"]
            known = {receipt["signal_id"] for receipt in receipts}
            if stored <= known and all(receipt["ending"] for receipt in receipts):
                return receipts
            await asyncio.sleep(0.2)


def _legs(receipts: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    return Counter(
        (receipt["signal_id"], order["leg"]) for receipt in receipts for order in receipt["orders"]
    )


def _write_config(data_dir: Path) -> None:
    sheet = data_dir / "sheet"
    sheet.mkdir()
    lines = [f"{symbol},5000,TRUE,15 Min" for symbol in SYMBOLS]
    header = "symbol,position_size,active,Time Frame"
    (sheet / "Config.csv").write_text("\n".join([header, *lines, ""]), encoding="utf-8")
