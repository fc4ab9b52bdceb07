"""Analytics with its real store on the LocalBus."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from fastapi import FastAPI

from novalgo_analytics.main import open_service
from novalgo_analytics.settings import Settings
from novalgo_common.dead_letters import FileDeadLetters
from novalgo_common.events import Event, PerformanceUpdated, Side
from novalgo_common.local_bus import LocalBus
from novalgo_common.topology import EXECUTOR_SIGNALS, INGEST_RECEIPTS, SHEETS_UPDATES
from tests.builders import (
    NOON,
    SYMBOL,
    a_fill,
    a_performance_requested,
    a_position,
    a_signal,
    a_signal_ended,
    an_account_snapshot,
    an_alarm,
)
from tests.waiting import until

pytestmark = pytest.mark.anyio

MINUTE = timedelta(minutes=1)
LOCAL = "http://127.0.0.1:8083"


@dataclass
class Running:
    """Analytics, the bus that it hangs on, and what it told the sheet."""

    bus: LocalBus
    app: FastAPI
    updates: list[PerformanceUpdated] = field(default_factory=list)

    def answers(self, request: UUID) -> list[PerformanceUpdated]:
        return [update for update in self.updates if update.correlation_id == request]

    async def get(self, path: str, base: str = LOCAL, **headers: str) -> httpx2.Response:
        transport = httpx2.ASGITransport(app=self.app)
        async with httpx2.AsyncClient(transport=transport, base_url=base) as client:
            return await client.get(path, headers=headers)

    async def post(self, path: str, **headers: str) -> httpx2.Response:
        transport = httpx2.ASGITransport(app=self.app)
        async with httpx2.AsyncClient(transport=transport, base_url=LOCAL) as client:
            return await client.post(path, headers=headers)

    async def summary(self) -> dict[str, Any]:
        body: dict[str, Any] = (await self.get("/api/v1/summary")).json()
        return body

    async def shows(self, line: str) -> bool:
        return line in (await self.get("/metrics")).text.splitlines()


@asynccontextmanager
async def analytics(data_dir: Path, **settings: object) -> AsyncIterator[Running]:
    bus = LocalBus(FileDeadLetters(data_dir / "dead_letters.jsonl"))
    updates: list[PerformanceUpdated] = []

    async def keep(event: Event) -> None:
        if isinstance(event, PerformanceUpdated):
            updates.append(event)

    for queue in (EXECUTOR_SIGNALS, INGEST_RECEIPTS, SHEETS_UPDATES):
        await bus.subscribe(queue, keep)
    own = Settings.model_validate({"data_dir": data_dir, **settings})
    try:
        async with open_service(own, bus, lambda: NOON + 60 * MINUTE) as app:
            yield Running(bus, app, updates)
    finally:
        await bus.close()


async def eventually_shows(running: Running, metric: str) -> None:
    deadline = time.monotonic() + 10
    while not await running.shows(metric):
        assert time.monotonic() < deadline, f"{metric} is not shown"
        await asyncio.sleep(0.01)


def a_day() -> list[Event]:
    """Return a day on which AAPL earned 25 dollars on ten shares, and ten more are held."""
    return [
        a_fill(quantity=Decimal(20), price=Decimal("200.00"), filled_at=NOON),
        a_fill(
            side=Side.SELL,
            quantity=Decimal(10),
            price=Decimal("202.50"),
            filled_at=NOON + 5 * MINUTE,
            client_order_id="nova-close-1",
        ),
        an_account_snapshot(
            occurred_at=NOON + 10 * MINUTE,
            positions=(a_position(quantity=Decimal(10), current_price=Decimal("201.00")),),
        ),
    ]


async def test_fills_become_the_numbers_of_the_summary(tmp_path: Path) -> None:
    async with analytics(tmp_path) as running:
        for event in a_day():
            await running.bus.publish(event)

        summary = await running.summary()

    assert summary["realised"] == summary["realised_today"] == "25"
    assert summary["unrealised"] == "10"
    assert summary["account"]["equity"] == "100025"
    [line] = summary["by_book"]
    assert (line["symbol"], line["timeframe"], line["quantity"]) == (SYMBOL, "15 Min", "10")
    [position] = summary["positions"]
    assert position["agrees"] is True


async def test_a_restart_finds_the_same_numbers(tmp_path: Path) -> None:
    async with analytics(tmp_path) as running:
        for event in a_day():
            await running.bus.publish(event)
        before = await running.summary()

    async with analytics(tmp_path) as running:
        assert await running.summary() == before


@pytest.mark.parametrize("seed", range(5))
async def test_repeats_in_any_order_give_the_same_numbers(tmp_path: Path, seed: int) -> None:
    fills = [
        a_fill(
            side=Side.BUY if number % 3 else Side.SELL,
            quantity=Decimal(number),
            price=100 + Decimal(number * 7 % 5),
            filled_at=NOON + number * MINUTE,
            client_order_id=f"order-{number}",
            timeframe="15 Min" if number % 2 else "30 Min",
        )
        for number in range(1, 12)
    ]
    chance = random.Random(seed)  # noqa: S311 - a seed makes the test repeatable
    arriving = [fill for fill in fills for _ in range(1 + chance.randint(0, 2))]
    chance.shuffle(arriving)

    async with analytics(tmp_path / "in order") as running:
        for fill in fills:
            await running.bus.publish(fill)
        expected = await running.summary()
    async with analytics(tmp_path / "mixed") as running:
        for fill in arriving:
            await running.bus.publish(fill)
            await running.summary()  # the ledger follows each step, and must rebuild
        mixed = await running.summary()

    assert mixed == expected


async def test_a_request_is_answered_with_the_rows_under_its_own_id(tmp_path: Path) -> None:
    request = a_performance_requested(correlation_id=uuid4())

    async with analytics(tmp_path) as running:
        for event in a_day():
            await running.bus.publish(event)
        await running.bus.publish(request)
        await until(lambda: bool(running.answers(request.correlation_id)))

    [update] = running.answers(request.correlation_id)
    [row] = update.rows
    assert (row.symbol, row.total_trades, row.total_pnl) == (SYMBOL, 1, Decimal(25))


async def test_rows_are_published_at_the_start_without_being_asked(tmp_path: Path) -> None:
    async with analytics(tmp_path) as running:
        await until(lambda: bool(running.updates))


async def test_an_alarm_is_counted_once(tmp_path: Path) -> None:
    alarm = an_alarm(code="sheet_unreadable")

    async with analytics(tmp_path) as running:
        await running.bus.publish(alarm)
        await running.bus.publish(alarm)

        assert await running.shows('novalgo_alarms_total{code="sheet_unreadable"} 1.0')
        assert await running.shows('novalgo_events_journaled_total{type="alarm.raised.v1"} 1.0')


async def test_the_metrics_show_equity_and_what_was_realised(tmp_path: Path) -> None:
    async with analytics(tmp_path) as running:
        for event in a_day():
            await running.bus.publish(event)

        await eventually_shows(running, "novalgo_realised_pnl_dollars 25.0")
        await eventually_shows(running, "novalgo_equity_dollars 100025.0")


async def test_a_signal_without_an_ending_is_counted_as_such(tmp_path: Path) -> None:
    signal = a_signal()

    async with analytics(tmp_path) as running:
        await running.bus.publish(signal)
        assert (await running.summary())["signals_by_ending"] == {"none": 1}
        await running.bus.publish(a_signal_ended(correlation_id=signal.event_id))
        assert (await running.summary())["signals_by_ending"] == {"filled": 1}


async def test_a_position_that_the_fills_do_not_explain_is_pointed_out(tmp_path: Path) -> None:
    snapshot = an_account_snapshot(
        occurred_at=NOON + 10 * MINUTE, positions=(a_position(quantity=Decimal(25)),)
    )

    async with analytics(tmp_path) as running:
        await running.bus.publish(snapshot)
        [position] = (await running.summary())["positions"]

    assert (position["quantity"], position["counted_quantity"]) == ("25", "0")
    assert position["agrees"] is False


@pytest.mark.parametrize(
    ("bind_host", "called", "key", "status"),
    [
        pytest.param("127.0.0.1", LOCAL, None, 200, id="on this machine nobody is asked"),
        pytest.param("127.0.0.1", "http://[::1]:8083", None, 200, id="nor over IPv6"),
        pytest.param("127.0.0.1", "http://novalgo.test", None, 401, id="by another name: a key"),
        pytest.param("0.0.0.0", LOCAL, None, 401, id="open to the network: a key"),
        pytest.param("0.0.0.0", LOCAL, "wrong-key", 401, id="a wrong key is none"),
        pytest.param("0.0.0.0", LOCAL, "made-up-key", 200, id="the key opens"),
    ],
)
async def test_the_numbers_are_for_this_machine_or_for_a_key(
    tmp_path: Path, bind_host: str, called: str, key: str | None, status: int
) -> None:
    headers = {"X-API-Key": key} if key else {}

    async with analytics(tmp_path, bind_host=bind_host, api_keys="made-up-key") as running:
        answer = await running.get("/api/v1/summary", base=called, **headers)
        assert answer.status_code == status
        page = await running.get("/", base=called, **headers)
        assert page.status_code == (303 if status == 401 else 200)  # to the login
        assert (await running.get("/health", base=called)).status_code == 200
