"""Five years of journal, or a day of it, written straight into analytics' tables.

Each signal has five events (received, submitted, fill, order's end, ending), each trade two
signals.  What is derived is written as the journal's derivation would; only statuses, decisions and
old statements are left out.
"""

import asyncio
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from novalgo_analytics.store.tables import DAYS, JOURNAL, MOVEMENTS, ORDERS, SIGNALS, STEPS
from novalgo_common.events import (
    Action,
    Ending,
    Event,
    FillRecorded,
    Leg,
    OrderEnded,
    OrderStatus,
    OrderSubmitted,
    Side,
    SignalEnded,
    SignalReceived,
    type_of,
)
from novalgo_common.exchange_days import day_of
from novalgo_common.settings import Settings
from novalgo_common.store import Database

TRADES = 100_000
YEARS = timedelta(days=5 * 365)
DAY = timedelta(days=1)
SYMBOLS = ("AAPL", "MSFT", "NVDA", "TSLA", "AMZN", "GOOGL", "META", "AMD", "SPY", "QQQ", "NFLX")
TIMEFRAMES = ("5 Min", "15 Min", "30 Min", "45 Min")
BATCH = 5000
SECOND = timedelta(seconds=1)
TABLES = (JOURNAL, SIGNALS, MOVEMENTS, ORDERS, STEPS)


@dataclass(frozen=True, slots=True)
class _Leg:
    """One signal of a trade."""

    number: int
    at: datetime
    symbol: str
    timeframe: str
    leg: Leg
    price: Decimal

    @property
    def signal_id(self) -> uuid.UUID:
        return uuid.UUID(int=self.number)


async def write_five_years(folder: Path, until: datetime, trades: int = TRADES) -> None:
    """Make analytics' store in `folder`; it must not be there yet."""
    await _write(folder, until, YEARS, YEARS / trades)


async def write_a_day(folder: Path, until: datetime, trades: int) -> None:
    """Make analytics' store as it is after one day of five years of so many trades."""
    await _write(folder, until, DAY, YEARS / trades)


async def _write(folder: Path, until: datetime, over: timedelta, apart: timedelta) -> None:
    async with Database.open(Settings(data_dir=folder), "analytics") as database:
        legs = _legs(until, over, apart)
        number = 0
        while batch := [leg for _, leg in zip(range(BATCH), legs, strict=False)]:
            start = number
            await database.write(lambda c, b=batch, s=start: _insert(c, b, s))  # type: ignore[misc]
            number += 5 * len(batch)
        await database.write(lambda c: _insert_days(c, until, over))
        await database.write(lambda c: c.execute(sa.text("ANALYZE")))


def _legs(until: datetime, over: timedelta, apart: timedelta) -> Iterator[_Leg]:
    chance = random.Random(7)  # noqa: S311 - a seed makes the journal repeatable
    at = until - over
    for trade in range(int(over / apart)):
        symbol, timeframe = chance.choice(SYMBOLS), chance.choice(TIMEFRAMES)
        price = Decimal(chance.randint(5000, 60000)) / 100
        moved = price * Decimal(chance.randint(9900, 10105)) / 10000
        yield _Leg(2 * trade + 1, at, symbol, timeframe, Leg.OPEN, price)
        closed = at + apart / 3
        yield _Leg(2 * trade + 2, closed, symbol, timeframe, Leg.CLOSE, moved.quantize(price))
        at += apart


def _insert(connection: Connection, legs: list[_Leg], position: int) -> None:
    rows: dict[str, list[dict[str, Any]]] = {table.name: [] for table in TABLES}
    for leg in legs:
        _add(rows, leg, position)
        position += 5
    for table in TABLES:
        connection.execute(table.insert(), rows[table.name])


def _add(rows: dict[str, list[dict[str, Any]]], leg: _Leg, position: int) -> None:
    opens = leg.leg is Leg.OPEN
    action, side = (Action.BUY, Side.BUY) if opens else (Action.CLOSE, Side.SELL)
    order = f"nv-{leg.signal_id.hex}-{leg.leg}"
    at, signal_id = leg.at, str(leg.signal_id)
    book = {"symbol": leg.symbol, "timeframe": leg.timeframe}
    quantity = Decimal(10) if opens else Decimal(-10)
    declined = leg.number % 11 == 0
    ending, reason = (Ending.DECLINED, "too_small") if declined else (Ending.FILLED, None)
    for number, event in enumerate(_events(leg, action, side, order), start=1):
        rows["journal"].append(
            {
                "position": position + number,
                "event_id": str(event.event_id),
                "type": event.type,
                "occurred_at": event.occurred_at,
                "correlation_id": signal_id,
                "symbol": leg.symbol,
                "body": event.model_dump_json(),
            }
        )
    rows["signals"].append(
        {
            "signal_id": signal_id,
            "action": action.value,
            **book,
            "seen_at": at,
            "alert_at": at,
            "price": leg.price,
            "ending": ending.value,
            "reason": reason,
            "detail": "",
            "ended_at": at + SECOND,
        }
    )
    rows["movements"].append(
        {
            "event_id": str(uuid.UUID(int=leg.number * 10 + 3)),
            "position": position + 3,
            **book,
            "quantity": quantity,
            "price": leg.price,
            "at": at + SECOND,
            "order": order,
            "leg": leg.leg.value,
            "is_adoption": False,
        }
    )
    rows["orders"].append(
        {
            "client_order_id": order,
            "signal_id": signal_id,
            **book,
            "leg": leg.leg.value,
            "side": side.value,
            "quote_price": leg.price,
            "submitted_at": at + SECOND / 2,
            "status": "filled",
            "ended_at": at + SECOND,
            "detail": "",
        }
    )
    rows["steps"] += [
        {"signal_id": signal_id, "name": "submitted", "at": at + SECOND / 2},
        {"signal_id": signal_id, "name": "filled", "at": at + SECOND},
    ]


def _events(leg: _Leg, action: Action, side: Side, order: str) -> list[Event]:
    common = {"correlation_id": leg.signal_id, "symbol": leg.symbol, "timeframe": leg.timeframe}
    ids = [uuid.UUID(int=leg.number * 10 + number) for number in range(1, 6)]
    of_order = common | {"leg": leg.leg, "client_order_id": order}
    made: list[tuple[type[Event], dict[str, Any]]] = [
        (SignalReceived, common | {"sequence": leg.number, "action": action, "price": leg.price}),
        (
            OrderSubmitted,
            of_order | {"action": action, "side": side, "quantity": Decimal(10), "notional": None},
        ),
        (
            FillRecorded,
            of_order
            | {
                "order_id": str(leg.number),
                "side": side,
                "quantity": Decimal(10),
                "price": leg.price,
                "filled_at": leg.at + SECOND,
            },
        ),
        (
            OrderEnded,
            of_order
            | {
                "action": action,
                "status": OrderStatus.FILLED,
                "filled_quantity": Decimal(10),
                "filled_average_price": leg.price,
            },
        ),
        (SignalEnded, common | {"action": action, "ending": Ending.FILLED, "held": Decimal(0)}),
    ]
    return [
        kind.model_construct(type=type_of(kind), event_id=each, occurred_at=leg.at, **fields)
        for each, (kind, fields) in zip(ids, made, strict=True)
    ]


def _insert_days(connection: Connection, until: datetime, over: timedelta) -> None:
    chance = random.Random(8)  # noqa: S311
    equity, at, rows = Decimal(100_000), until - over, []
    while at < until:
        opening = equity
        equity = (equity * Decimal(chance.randint(9890, 10118)) / 10000).quantize(Decimal("0.01"))
        if at.weekday() < 5:
            rows.append(
                {
                    "day": day_of(at).isoformat(),
                    "taken_at": at,
                    "opening": opening,
                    "equity": equity,
                    "statements": 1,
                    "exposure": Decimal("0.6"),
                }
            )
        at += timedelta(days=1)
    connection.execute(DAYS.insert(), rows)


if __name__ == "__main__":
    import sys

    asyncio.run(write_five_years(Path(sys.argv[1]), datetime.now(UTC) - timedelta(minutes=5)))
