"""Journals of any length for the benchmarks: fills alone, or whole days of trading."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from sqlalchemy.engine import Connection

from novalgo_analytics.settings import Settings
from novalgo_analytics.store import Store
from novalgo_analytics.store.tables import JOURNAL, MOVEMENTS
from novalgo_common.events import FillRecorded, Leg, Side
from novalgo_common.exchange_days import sessions
from novalgo_common.store import Database
from novalgo_common.wire import encode
from tests.trading_history import SYMBOLS, History

FIRST = datetime(2021, 1, 4, 14, 30, tzinfo=UTC)
APART = timedelta(seconds=150)
PAGE = 20_000
LAST_DAY = date(2026, 11, 25)


def settings(room: Path) -> Settings:
    return Settings(data_dir=room)


def fills(count: int) -> Iterator[FillRecorded]:
    return (fill(number) for number in range(count))


def fill(number: int) -> FillRecorded:
    """Return the fill of that number: a symbol is bought and sold by turns."""
    symbol = SYMBOLS[number % len(SYMBOLS)]
    turn = number // len(SYMBOLS)
    event_id = UUID(int=number + (1 << 96), version=4)
    at = FIRST + number * APART if number < 10**8 else datetime.now(UTC)
    return FillRecorded.model_construct(
        event_id=event_id,
        occurred_at=at,
        correlation_id=event_id,
        symbol=symbol,
        timeframe="15 Min",
        client_order_id=f"nv-{number}",
        order_id=f"{number}",
        leg=Leg.CLOSE if turn % 2 else Leg.OPEN,
        side=Side.SELL if turn % 2 else Side.BUY,
        quantity=Decimal(5 + turn % 3),
        price=Decimal(10_000 + number * 7919 % 2000) / 100,
        filled_at=at,
    )


def seed(room: Path, count: int) -> None:
    """Journal so many fills at once, as if they had come one by one."""

    def work(connection: Connection, first: int) -> None:
        page = [fill(number) for number in range(first, min(count, first + PAGE))]
        connection.execute(JOURNAL.insert(), [_journaled(each) for each in page])
        rows = [_moved(each, first + at) for at, each in enumerate(page, start=1)]
        connection.execute(MOVEMENTS.insert(), rows)

    async def fill_it() -> None:
        async with Database.open(settings(room), "analytics") as database:
            for first in range(0, count, PAGE):
                await database.write(lambda c, first=first: work(c, first))  # type: ignore[misc]

    asyncio.run(fill_it())


def fresh(room: Path, days: int, trades_a_day: int) -> Path:
    """Journal so many days of trading, through the store itself, and keep the benchmark's bars."""
    open_days = [each.day for each in sessions(date(2021, 1, 4), LAST_DAY)][-days:]
    history = History(trades_a_day=trades_a_day)
    events = list(history.events(open_days))
    closes = [json.loads(bar.model_dump_json()) for bar in history.closes(open_days)]
    (room / "closes.json").write_text(json.dumps(closes))

    async def fill_it() -> None:
        async with Database.open(settings(room), "analytics") as database:
            store = Store(database, lambda: datetime.now(UTC))
            for first in range(0, len(events), PAGE):
                page = events[first : first + PAGE]
                await asyncio.gather(*(store.record(event) for event in page))

    asyncio.run(fill_it())
    return room


def _journaled(event: FillRecorded) -> dict[str, object]:
    return {
        "event_id": str(event.event_id),
        "type": event.type,
        "occurred_at": event.occurred_at,
        "correlation_id": str(event.correlation_id),
        "symbol": event.symbol,
        "body": encode(event).decode(),
    }


def _moved(event: FillRecorded, position: int) -> dict[str, object]:
    return {
        "event_id": str(event.event_id),
        "position": position,
        "symbol": event.symbol,
        "timeframe": event.timeframe,
        "quantity": event.quantity if event.side is Side.BUY else -event.quantity,
        "price": event.price,
        "at": event.filled_at,
        "order": event.client_order_id,
        "leg": event.leg.value if event.leg else None,
        "is_adoption": False,
    }
