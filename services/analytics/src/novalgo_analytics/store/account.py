"""The account's statements over time, and what each day of New York came to."""

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from novalgo_analytics.facts import AccountDay, EquityPoint
from novalgo_analytics.measures.transfers import with_transfers
from novalgo_analytics.store import cash
from novalgo_analytics.store.statements import addition
from novalgo_analytics.store.tables import DAYS, SNAPSHOTS
from novalgo_common.events import AccountSnapshotTaken, CashKind
from novalgo_common.exchange_days import day_of

MOST_POINTS = 1000
PARTS = Decimal("0.000001")


def add(connection: Connection, event: AccountSnapshotTaken) -> None:
    connection.execute(
        addition(connection.dialect.name, SNAPSHOTS, "event_id"),
        {
            "event_id": str(event.event_id),
            "taken_at": event.occurred_at,
            "cash": event.cash,
            "equity": event.equity,
            "last_equity": event.last_equity,
            "buying_power": event.buying_power,
        },
    )
    _add_to_day(connection, event)


def equity(connection: Connection, start: datetime) -> Sequence[EquityPoint]:
    """Return the equity over time, oldest first: every snapshot, or the last of each hour."""
    recent = SNAPSHOTS.c.taken_at >= start
    columns = (SNAPSHOTS.c.taken_at, SNAPSHOTS.c.equity)
    query = sa.select(*columns).where(recent).order_by(SNAPSHOTS.c.taken_at)
    count = sa.select(sa.func.count()).select_from(SNAPSHOTS).where(recent)
    if connection.execute(count).scalar_one() > MOST_POINTS:
        hour = sa.func.substr(sa.cast(SNAPSHOTS.c.taken_at, sa.Text), 1, 13)
        last = sa.select(sa.func.max(SNAPSHOTS.c.taken_at)).where(recent).group_by(hour)
        query = query.where(SNAPSHOTS.c.taken_at.in_(last))
    return [
        EquityPoint(at=row.taken_at, equity=row.equity) for row in connection.execute(query).all()
    ]


def days(connection: Connection) -> Sequence[AccountDay]:
    """Return every day that the account was stated on, oldest first, with what was moved."""
    stated = [
        AccountDay(
            day=datetime.fromisoformat(row.day).date(),
            opening=row.opening,
            equity=row.equity,
            exposure=row.exposure / row.statements,
        )
        for row in connection.execute(DAYS.select().order_by(DAYS.c.day)).all()
    ]
    return with_transfers(stated, cash.lines(connection, kind=CashKind.TRANSFER))


def gross_value(event: AccountSnapshotTaken) -> Decimal:
    """Return the dollars in longs and shorts together."""
    if event.gross_value is not None:
        return event.gross_value
    return sum((abs(each.market_value or Decimal(0)) for each in event.positions), Decimal(0))


def _add_to_day(connection: Connection, event: AccountSnapshotTaken) -> None:
    day = day_of(event.occurred_at).isoformat()
    known = connection.execute(DAYS.select().where(DAYS.c.day == day)).one_or_none()
    values: dict[str, Any] = {
        "statements": 1 + (known.statements if known else 0),
        "exposure": _exposure(event) + (known.exposure if known else 0),
    }
    if known is None or event.occurred_at >= known.taken_at:
        values |= {
            "taken_at": event.occurred_at,
            "opening": event.last_equity,
            "equity": event.equity,
        }
    if known is None:
        connection.execute(DAYS.insert().values(day=day, **values))
    else:
        connection.execute(DAYS.update().where(DAYS.c.day == day).values(**values))


def _exposure(event: AccountSnapshotTaken) -> Decimal:
    """Return the dollars in longs and shorts together, as a part of the equity."""
    if event.equity <= 0:
        return Decimal(0)
    return (gross_value(event) / event.equity).quantize(PARTS, ROUND_HALF_EVEN)
