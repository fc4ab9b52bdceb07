"""What analytics keeps: the journal of every event, and what is derived from it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from novalgo_analytics.facts import EquityPoint, PerformanceRequest, SignalSeen
from novalgo_analytics.movement import Movement, movement_of_adoption, movement_of_fill
from novalgo_common.clock import Clock
from novalgo_common.events import (
    AccountSnapshotTaken,
    Action,
    Ending,
    Event,
    FillRecorded,
    Leg,
    PerformanceRequested,
    PerformanceUpdated,
    PositionAdopted,
    SignalEnded,
    SignalReceived,
    type_of,
)
from novalgo_common.store import Database, Exact, Instant, Outbox, insert
from novalgo_common.wire import decode, encode

SNAPSHOT_BODIES_KEPT = timedelta(days=7)
"""Snapshots come twice a minute, some gigabytes a year; their equity stays for good."""
MOST_POINTS = 1000

metadata = sa.MetaData()

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("event_id", sa.Text, nullable=False, unique=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("occurred_at", Instant, nullable=False),
    sa.Column("correlation_id", sa.Text, nullable=False),
    sa.Column("symbol", sa.Text),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index("journal_by_type", "type", "occurred_at"),
    sa.Index("journal_by_correlation", "correlation_id"),
)
movements = sa.Table(
    "movements",
    metadata,
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, nullable=False, unique=True),
    sa.Column("symbol", sa.Text, nullable=False),
    sa.Column("timeframe", sa.Text),
    sa.Column("quantity", Exact, nullable=False),
    sa.Column("price", Exact, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("order", sa.Text, nullable=False),
    sa.Column("leg", sa.Text),
    sa.Column("is_adoption", sa.Boolean, nullable=False),
    sa.Index("movements_by_symbol", "symbol", "position"),
)
snapshots = sa.Table(
    "snapshots",
    metadata,
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("taken_at", Instant, nullable=False),
    sa.Column("cash", Exact, nullable=False),
    sa.Column("equity", Exact, nullable=False),
    sa.Column("last_equity", Exact, nullable=False),
    sa.Column("buying_power", Exact, nullable=False),
    sa.Index("snapshots_by_time", "taken_at"),
)
signals = sa.Table(
    "signals",
    metadata,
    sa.Column("signal_id", sa.Text, primary_key=True),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("symbol", sa.Text, nullable=False),
    sa.Column("timeframe", sa.Text, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
    sa.Column("ending", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Index("signals_by_time", "seen_at"),
)
performance_requests = sa.Table(
    "performance_requests",
    metadata,
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("correlation_id", sa.Text, nullable=False),
)
outbox = Outbox.define(metadata)


class Store:
    """The journal and its derived tables change together, in one transaction an event."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self.outbox = Outbox(database, outbox, clock)

    async def record(self, event: Event) -> bool:
        """Journal the event and derive from it; say whether it was new.  Repeats change nothing."""
        return await self._database.write(lambda connection: _record(connection, event))

    async def movements_after(self, position: int) -> tuple[Sequence[Movement], int]:
        """Return what was journaled after `position`, and the position of the last of it."""
        query = movements.select().where(movements.c.position > position)
        rows = await self._rows(query.order_by(movements.c.position))
        return [_movement(row) for row in rows], rows[-1].position if rows else position

    async def movements_of(self, symbol: str, *, until: int) -> Sequence[Movement]:
        """Return all of a symbol's movements that were journaled up to the position `until`."""
        query = movements.select().where(
            movements.c.symbol == symbol, movements.c.position <= until
        )
        return [_movement(row) for row in await self._rows(query)]

    async def newest_snapshot(self) -> AccountSnapshotTaken | None:
        query = (
            sa.select(journal.c.body)
            .where(journal.c.type == type_of(AccountSnapshotTaken))
            .order_by(journal.c.occurred_at.desc(), journal.c.position.desc())
            .limit(1)
        )
        bodies = [decode(row.body.encode()) for row in await self._rows(query)]
        return next((body for body in bodies if isinstance(body, AccountSnapshotTaken)), None)

    async def equity_since(self, start: datetime) -> Sequence[EquityPoint]:
        """Return the equity over time, oldest first: every snapshot, or the last of each hour."""
        rows = await self._database.read(lambda connection: _equity(connection, start))
        return [EquityPoint(at=row.taken_at, equity=row.equity) for row in rows]

    async def newest_signals(self, limit: int) -> Sequence[SignalSeen]:
        rows = await self._rows(signals.select().order_by(signals.c.seen_at.desc()).limit(limit))
        return [_signal(row) for row in rows]

    async def signals_by_ending(self) -> dict[Ending | None, int]:
        """Return how many signals ended how; None counts those that have not."""
        query = sa.select(signals.c.ending, sa.func.count().label("signals"))
        rows = await self._rows(query.group_by(signals.c.ending))
        return {Ending(row.ending) if row.ending else None: row.signals for row in rows}

    async def open_requests(self) -> Sequence[PerformanceRequest]:
        return [
            PerformanceRequest(event_id=UUID(row.event_id), correlation_id=UUID(row.correlation_id))
            for row in await self._rows(performance_requests.select())
        ]

    async def publish(
        self, updates: Sequence[PerformanceUpdated], answered: Sequence[PerformanceRequest]
    ) -> None:
        """Put the updates in the outbox, and with them forget the requests that they answer."""
        ids = [str(request.event_id) for request in answered]

        def work(connection: Connection) -> None:
            for update in updates:
                self.outbox.add(connection, update)
            connection.execute(
                performance_requests.delete().where(performance_requests.c.event_id.in_(ids))
            )

        await self._database.write(work)

    async def _rows(self, query: sa.Select[Any]) -> Sequence[Any]:
        return await self._database.read(lambda connection: connection.execute(query).all())


def _record(connection: Connection, event: Event) -> bool:
    position = connection.execute(
        insert(connection, journal)
        .values(
            event_id=str(event.event_id),
            type=event.type,
            occurred_at=event.occurred_at,
            correlation_id=str(event.correlation_id),
            symbol=getattr(event, "symbol", None),
            body=encode(event).decode(),
        )
        .on_conflict_do_nothing(index_elements=["event_id"])
        .returning(journal.c.position)
    ).scalar()
    if position is None:
        return False
    _derive(connection, event, position)
    return True


def _derive(connection: Connection, event: Event, position: int) -> None:
    match event:
        case FillRecorded():
            _add_movement(connection, movement_of_fill(event), position)
        case PositionAdopted():
            _add_movement(connection, movement_of_adoption(event), position)
        case AccountSnapshotTaken():
            _add_snapshot(connection, event)
        case SignalReceived() | SignalEnded():
            _see_signal(connection, event)
        case PerformanceRequested():
            connection.execute(
                performance_requests.insert().values(
                    event_id=str(event.event_id),
                    correlation_id=str(event.correlation_id),
                )
            )
        case _:
            pass


def _add_movement(connection: Connection, movement: Movement, position: int) -> None:
    connection.execute(
        movements.insert().values(
            event_id=movement.event_id,
            position=position,
            symbol=movement.symbol,
            timeframe=movement.timeframe,
            quantity=movement.quantity,
            price=movement.price,
            at=movement.at,
            order=movement.order,
            leg=movement.leg.value if movement.leg else None,
            is_adoption=movement.is_adoption,
        )
    )


def _add_snapshot(connection: Connection, event: AccountSnapshotTaken) -> None:
    connection.execute(
        insert(connection, snapshots)
        .values(
            event_id=str(event.event_id),
            taken_at=event.occurred_at,
            cash=event.cash,
            equity=event.equity,
            last_equity=event.last_equity,
            buying_power=event.buying_power,
        )
        .on_conflict_do_nothing(index_elements=["event_id"])
    )
    connection.execute(
        journal.delete().where(
            journal.c.type == event.type,
            journal.c.occurred_at < event.occurred_at - SNAPSHOT_BODIES_KEPT,
        )
    )


def _see_signal(connection: Connection, event: SignalReceived | SignalEnded) -> None:
    # Either may come first: two services publish them.
    seen: dict[str, Any] = {
        "action": event.action.value,
        "symbol": event.symbol,
        "timeframe": event.timeframe,
        "seen_at": event.occurred_at,
        "detail": "",
    }
    changed: dict[str, Any] = {"seen_at": event.occurred_at}
    if isinstance(event, SignalEnded):
        changed = {
            "ending": event.ending.value,
            "reason": event.reason.value if event.reason else None,
            "detail": event.detail,
            "ended_at": event.occurred_at,
        }
    connection.execute(
        insert(connection, signals)
        .values(signal_id=str(event.correlation_id), **(seen | changed))
        .on_conflict_do_update(index_elements=["signal_id"], set_=changed)
    )


def _equity(connection: Connection, start: datetime) -> Sequence[Any]:
    recent = snapshots.c.taken_at >= start
    columns = (snapshots.c.taken_at, snapshots.c.equity)
    query = sa.select(*columns).where(recent).order_by(snapshots.c.taken_at)
    count = sa.select(sa.func.count()).select_from(snapshots).where(recent)
    if connection.execute(count).scalar_one() > MOST_POINTS:
        hour = sa.func.substr(sa.cast(snapshots.c.taken_at, sa.Text), 1, 13)
        last = sa.select(sa.func.max(snapshots.c.taken_at)).where(recent).group_by(hour)
        query = query.where(snapshots.c.taken_at.in_(last))
    return connection.execute(query).all()


def _movement(row: Any) -> Movement:
    return Movement(
        symbol=row.symbol,
        timeframe=row.timeframe,
        quantity=row.quantity,
        price=row.price,
        at=row.at,
        order=row.order,
        leg=Leg(row.leg) if row.leg else None,
        is_adoption=row.is_adoption,
        event_id=row.event_id,
    )


def _signal(row: Any) -> SignalSeen:
    return SignalSeen(
        signal_id=UUID(row.signal_id),
        action=Action(row.action),
        symbol=row.symbol,
        timeframe=row.timeframe,
        seen_at=row.seen_at,
        ending=Ending(row.ending) if row.ending else None,
        reason=row.reason,
        detail=row.detail,
        ended_at=row.ended_at,
    )
