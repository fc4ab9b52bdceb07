"""The journal: every event once, in the order of arrival, for good."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from novalgo_analytics.store import account, cash, executions, movements, performance, signals
from novalgo_analytics.store.tables import JOURNAL
from novalgo_common.events import (
    AccountSnapshotTaken,
    CashMoved,
    Event,
    FillBusted,
    FillRecorded,
    OrderEnded,
    OrderSubmitted,
    PerformanceRequested,
    PositionAdopted,
    PositionSplit,
    SignalDecided,
    SignalEnded,
    SignalReceived,
    StatusWritten,
    type_of,
)
from novalgo_common.store import insert_for
from novalgo_common.wire import decode, encode

POSITIONS_KEPT = timedelta(days=7)
"""Snapshots come twice a minute, some gigabytes of positions a year; the rest of them stays."""
LOOKED_BACK = timedelta(days=1)
PAGE = 1000


def record(connection: Connection, event: Event) -> bool:
    """Journal the event and derive from it; say whether it was new.  Repeats change nothing."""
    position = connection.execute(
        _addition(connection.dialect.name),
        {
            "event_id": str(event.event_id),
            "type": event.type,
            "occurred_at": event.occurred_at,
            "correlation_id": str(event.correlation_id),
            "symbol": getattr(event, "symbol", None),
            "body": encode(event).decode(),
        },
    ).scalar()
    if position is None:
        return False
    derive(connection, event, position)
    if isinstance(event, AccountSnapshotTaken):
        _thin(connection, event.occurred_at - POSITIONS_KEPT)
    elif isinstance(event, PerformanceRequested):
        performance.ask(connection, event)
    return True


@cache
def _addition(dialect: str) -> sa.Executable:
    """Return the statement, built once, that journals an event and tells its position."""
    new = insert_for(dialect, JOURNAL).on_conflict_do_nothing(index_elements=["event_id"])
    return new.returning(JOURNAL.c.position)


def derive(connection: Connection, event: Event, position: int) -> None:
    """Bring the derived tables up to date with an event that was journaled at `position`."""
    match event:
        case FillRecorded():
            movements.add_fill(connection, event, position)
            executions.step(connection, event)
        case FillBusted():
            movements.add_bust(connection, event, position)
        case PositionAdopted():
            movements.add_adoption(connection, event, position)
        case PositionSplit():
            movements.add_split(connection, event, position)
        case AccountSnapshotTaken():
            account.add(connection, event)
        case CashMoved():
            cash.add(connection, event)
        case SignalReceived():
            signals.see(connection, event)
            executions.step(connection, event)
        case SignalEnded():
            signals.see(connection, event)
        case OrderSubmitted() | OrderEnded():
            executions.see_order(connection, event)
            executions.step(connection, event)
        case SignalDecided() | StatusWritten():
            executions.step(connection, event)
        case _:
            pass


def events(
    connection: Connection, *, after: int = 0, until: int | None = None, of_type: str | None = None
) -> Iterator[tuple[int, Event]]:
    """Yield what was journaled after `after`, with its position, in order, page by page."""
    query = sa.select(JOURNAL.c.position, JOURNAL.c.body).order_by(JOURNAL.c.position).limit(PAGE)
    if of_type is not None:
        query = query.where(JOURNAL.c.type == of_type)
    if until is not None:
        query = query.where(JOURNAL.c.position <= until)
    while rows := connection.execute(query.where(JOURNAL.c.position > after)).all():
        yield from ((row.position, decode(row.body.encode())) for row in rows)
        after = rows[-1].position


def newest(connection: Connection) -> int:
    """Return the newest position, 0 of an empty journal."""
    return connection.execute(sa.select(sa.func.max(JOURNAL.c.position))).scalar() or 0


def extent(connection: Connection) -> tuple[int, int]:
    """Return the newest position, and how many events there are."""
    query = sa.select(sa.func.max(JOURNAL.c.position), sa.func.count())
    newest, count = connection.execute(query).one()
    return newest or 0, count


def newest_snapshot(connection: Connection) -> AccountSnapshotTaken | None:
    query = (
        sa.select(JOURNAL.c.body)
        .where(JOURNAL.c.type == type_of(AccountSnapshotTaken))
        .order_by(JOURNAL.c.occurred_at.desc(), JOURNAL.c.position.desc())
        .limit(1)
    )
    body = connection.execute(query).scalar()
    event = decode(body.encode()) if body is not None else None
    return event if isinstance(event, AccountSnapshotTaken) else None


def _thin(connection: Connection, before: datetime) -> None:
    """Leave the positions out of the snapshots that have just become so old."""
    query = sa.select(JOURNAL.c.position, JOURNAL.c.body).where(
        JOURNAL.c.type == type_of(AccountSnapshotTaken),
        JOURNAL.c.occurred_at < before,
        JOURNAL.c.occurred_at >= before - LOOKED_BACK,
        JOURNAL.c.body.not_like('%"positions":[]%'),
    )
    for row in connection.execute(query).all():
        event = decode(row.body.encode())
        assert isinstance(event, AccountSnapshotTaken)
        kept = {"positions": (), "gross_value": account.gross_value(event)}
        thin = encode(event.model_copy(update=kept)).decode()
        connection.execute(
            JOURNAL.update().where(JOURNAL.c.position == row.position).values(body=thin)
        )
