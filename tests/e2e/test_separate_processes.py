"""Alert to sheet through five processes on a real RabbitMQ, some of them killed on the way."""

import asyncio
from collections import Counter
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import httpx2
import pytest

from tests.system import System, a_system
from tests.waiting import until

pytestmark = pytest.mark.anyio

SYMBOLS = ("AAPL", "MSFT", "NVDA", "TSLA", "AMZN", "META", "GOOG", "AMD", "NFLX", "INTC")
ROWS = [f"{symbol},5000,TRUE,15 Min" for symbol in SYMBOLS]


async def cell(system: System, text: str) -> None:
    """Wait until the Config tab shows a text."""
    await until(lambda: text in system.sheet("Config"))


async def endings_in_analytics(system: System, *, expected: int) -> Counter[str]:
    """Return how often each ending was journaled, once all of them are."""
    async with asyncio.timeout(30):
        while True:
            answer = await system.http.get(system.url("analytics", "/api/v1/summary"))
            endings = Counter(answer.json()["signals_by_ending"])
            if endings["none"] == 0 and endings.total() == expected:
                return +endings
            await asyncio.sleep(0.2)


async def ready(system: System) -> None:
    for service in ("ingest", "executor", "sheets", "analytics"):
        await system.answers(service, "/ready")


async def test_an_alert_becomes_an_order_a_status_and_a_number(
    tmp_path: Path, fresh_amqp_url: str
) -> None:
    async with a_system(tmp_path, fresh_amqp_url, ROWS) as system:
        await ready(system)
        opened = (await system.alert(action="buy")).json()
        [receipt] = await system.ended([opened["signal_id"]])
        await cell(system, "FILLED")
        closed = (await system.alert(action="CLOSE")).json()
        await system.ended([closed["signal_id"]])
        await cell(system, "WAITING")
        positions = await system.get("/positions")
        performance = await system.get("/performance")
        truth = await system.truth()

    assert opened["status"] == "success"
    assert opened["amount"] == 5000
    assert receipt["ending"] == "filled"
    assert receipt["orders"][0]["client_order_id"] == opened["order_id"]
    assert positions == {"positions": [], "total": 0}
    assert performance == {"status": "Performance updated"}
    realised = Decimal(truth["realised"]).quantize(Decimal("0.01"))
    shown = f"-${-realised}" if realised < 0 else f"${realised}"
    assert shown in system.sheet("Performance")


async def test_killed_services_lose_nothing_and_double_nothing(
    tmp_path: Path, fresh_amqp_url: str
) -> None:
    actions = ("BUY", "SELL", "CLOSE", "SELL", "BUY")
    accepted: list[str] = []

    async with a_system(tmp_path, fresh_amqp_url, ROWS) as system:
        await ready(system)

        async def send(number: int) -> None:
            symbol, action = SYMBOLS[number % 10], actions[number // 10 % 5]
            with suppress(httpx2.TransportError):
                answer = await system.alert(action=action, symbol=symbol, id=f"alert-{number}")
                if answer.status_code == 200:
                    accepted.append(answer.json()["signal_id"])

        for number in range(100):
            await send(number)
            if number in (20, 45, 70, 95):
                victim = ("executor", "ingest", "sheets", "analytics")[number // 25]
                await system.kill(victim)
                await system.start(victim)
        receipts = await system.ended(accepted, seconds=120)
        truth = await system.truth()
        endings = await endings_in_analytics(system, expected=len(accepted))

    assert len(set(accepted)) == len(accepted) == 100
    ids = Counter(order["client_order_id"] for order in truth["orders"])
    assert max(ids.values()) == 1
    placed = {order["client_order_id"] for receipt in receipts for order in receipt["orders"]}
    assert set(ids) == placed
    assert endings == Counter(receipt["ending"] for receipt in receipts)


async def test_sigterm_ends_each_service_within_ten_seconds(
    tmp_path: Path, fresh_amqp_url: str
) -> None:
    async with a_system(tmp_path, fresh_amqp_url, ROWS) as system:
        await ready(system)
        codes = [
            await system.stop(service)
            for service in ("ingest", "executor", "sheets", "analytics", "simulator")
        ]

    assert codes == [0, 0, 0, 0, 0]
