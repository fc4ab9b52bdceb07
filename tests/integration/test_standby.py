"""Two executors on a real RabbitMQ: one trades, the other waits, and takes over once it may."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from novalgo_common.topology import EXECUTOR_SIGNALS
from tests.ports import free_port
from tests.rabbitmq import amqp_channel
from tests.system import System, a_system
from tests.waiting import until

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(240)]

SYMBOLS = ("AAPL", "MSFT", "NVDA", "TSLA", "AMZN", "META", "GOOG", "AMD", "NFLX", "INTC")
ROWS = [f"{symbol},5000,TRUE,15 Min" for symbol in SYMBOLS]
ACTIONS = ("BUY", "SELL", "CLOSE", "SELL", "BUY")
ALERTS = 60
GRACE = "5"
"""Seconds until an intent is given up whose order the broker does not know."""
FIRST, SECOND = "executor", "second executor"


@dataclass
class Pair:
    """A system with two executors, of which the first is on duty at the start."""

    system: System
    accepted: list[str] = field(default_factory=list)

    async def ask(self, executor: str, path: str) -> Any:
        return (await self.system.http.get(self.system.url(executor, path))).json()

    async def status(self, executor: str) -> str:
        return str((await self.ask(executor, "/health"))["status"])

    @asynccontextmanager
    async def under_load(self) -> AsyncIterator[None]:
        """Send alerts: a third before what is inside, the rest meanwhile."""
        before = len(self.accepted)
        sending = asyncio.create_task(self.alerts(range(before, before + ALERTS)))
        await until(lambda: len(self.accepted) >= before + ALERTS // 3)
        yield
        await sending

    async def alerts(self, numbers: range) -> None:
        for number in numbers:
            symbol, action = SYMBOLS[number % 10], ACTIONS[number // 10 % 5]
            answer = await self.system.alert(action=action, symbol=symbol, id=f"alert-{number}")
            self.accepted.append(answer.json()["signal_id"])

    async def is_on_duty(self, executor: str) -> None:
        """Wait until this one trades."""
        await self.system.answers(executor, "/ready")

    async def stands_by(self, executor: str) -> None:
        """Wait until this one says that it waits for another."""
        async with asyncio.timeout(60):
            while True:
                if await self.status(executor) == "standby":
                    return
                await asyncio.sleep(0.05)

    def pause(self, executor: str) -> None:
        self.system.processes[executor].send_signal(signal.SIGSTOP)

    def wake(self, executor: str) -> None:
        self.system.processes[executor].send_signal(signal.SIGCONT)

    async def orders(self) -> list[Any]:
        return list((await self.system.truth())["orders"])

    def said(self, executor: str) -> str:
        return (self.system.data_dir / f"{executor}.log").read_text(encoding="utf-8")


@asynccontextmanager
async def a_pair(data_dir: Path, amqp_url: str, **settings: str) -> AsyncIterator[Pair]:
    """Run the system with a second executor, and return once that is in standby."""
    settings = {"unknown_grace_seconds": GRACE} | settings
    async with a_system(data_dir, amqp_url, ROWS, **settings) as system:
        await asyncio.gather(*(system.answers(each, "/ready") for each in (FIRST, "ingest")))
        system.ports[SECOND] = free_port()
        system.own = {SECOND: {"NOVALGO_EXECUTOR_PORT": str(system.ports[SECOND])}}
        await system.start(SECOND)
        pair = Pair(system)
        await pair.stands_by(SECOND)
        yield pair


async def finished_once(pair: Pair) -> None:
    """Assert that each accepted alert has one ending, and each of its legs one order."""
    receipts = await pair.system.ended(pair.accepted, seconds=120)
    assert len(set(pair.accepted)) == len(pair.accepted)
    at_broker = Counter(order["client_order_id"] for order in await pair.orders())
    legs = Counter(
        (receipt["signal_id"], order["leg"]) for receipt in receipts for order in receipt["orders"]
    )
    assert set(at_broker) == {order["client_order_id"] for r in receipts for order in r["orders"]}
    assert {*at_broker.values(), *legs.values()} == {1}
    endings = await endings_in_analytics(pair.system, expected=len(receipts))
    assert endings == Counter(receipt["ending"] for receipt in receipts)
    # An intent whose order had not left when its executor died is given up on, by decision 3.
    failures = {receipt["reason"] for receipt in receipts if receipt["ending"] == "failed"}
    assert failures <= {"outcome_unknown"}


async def endings_in_analytics(system: System, *, expected: int) -> Counter[str]:
    """Return how often each ending was journaled, once all of them are."""
    async with asyncio.timeout(30):
        while True:
            answer = await system.http.get(system.url("analytics", "/api/v1/summary"))
            endings = Counter(answer.json()["signals_by_ending"])
            if endings["none"] == 0 and endings.total() >= expected:
                return +endings
            await asyncio.sleep(0.2)


async def test_the_second_waits_and_says_so_and_finishes_what_a_stopped_one_began(
    tmp_path: Path, fresh_amqp_url: str
) -> None:
    async with a_pair(tmp_path, fresh_amqp_url) as pair:
        ready = await pair.system.http.get(pair.system.url(SECOND, "/ready"))
        order = await pair.system.http.post(pair.system.url(SECOND, "/control/halt"))
        with amqp_channel(fresh_amqp_url) as channel:
            signals = channel.queue_declare(EXECUTOR_SIGNALS.names()[0], passive=True).method
        async with pair.under_load():
            assert await pair.system.stop(FIRST) == 0
            await pair.is_on_duty(SECOND)
        await finished_once(pair)

    assert ready.status_code == 503
    assert ready.json()["problems"]["standby"].startswith("another executor is running on")
    assert order.status_code == 503
    assert signals.consumer_count == 1


async def test_on_sqlite_a_paused_one_is_waited_for_and_a_killed_one_replaced(
    tmp_path: Path, fresh_amqp_url: str
) -> None:
    async with a_pair(tmp_path, fresh_amqp_url) as pair:
        async with pair.under_load():
            pair.pause(FIRST)
        assert await pair.status(SECOND) == "standby"
        pair.wake(FIRST)
        await finished_once(pair)
        assert "service.on_duty" not in pair.said(SECOND)

        async with pair.under_load():
            await pair.system.kill(FIRST)
            await pair.is_on_duty(SECOND)
        await finished_once(pair)


async def test_on_postgresql_a_paused_one_is_replaced_and_can_do_nothing_when_it_wakes(
    tmp_path: Path, fresh_amqp_url: str, database_url: str
) -> None:
    async with a_pair(tmp_path, fresh_amqp_url, database_url=database_url) as pair:
        async with pair.under_load():
            pair.pause(FIRST)
            await pair.is_on_duty(SECOND)
        await finished_once(pair)
        before = await pair.orders()

        pair.wake(FIRST)
        await pair.stands_by(FIRST)
        assert await pair.orders() == before

        async with pair.under_load():
            await pair.system.kill(SECOND)
            await pair.is_on_duty(FIRST)
        await finished_once(pair)
