"""Cash that moved without a trade."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from novalgo_analytics.facts import CashLine
from novalgo_analytics.store.tables import CASH
from novalgo_common.events import CashKind, CashMoved


def add(connection: Connection, event: CashMoved) -> None:
    connection.execute(
        CASH.insert().values(
            event_id=str(event.event_id),
            at=event.occurred_at,
            kind=event.kind.value,
            amount=event.amount,
            symbol=event.symbol,
            activity=event.activity,
        )
    )


def lines(
    connection: Connection, start: datetime | None = None, kind: CashKind | None = None
) -> Sequence[CashLine]:
    """Return what was booked from `start` on, oldest first; of one kind, or of all."""
    query = sa.select(CASH).order_by(CASH.c.at, CASH.c.event_id)
    if start is not None:
        query = query.where(CASH.c.at >= start)
    if kind is not None:
        query = query.where(CASH.c.kind == kind.value)
    return [
        CashLine(
            at=row.at,
            kind=CashKind(row.kind),
            amount=row.amount,
            symbol=row.symbol,
            activity=row.activity,
        )
        for row in connection.execute(query).all()
    ]
