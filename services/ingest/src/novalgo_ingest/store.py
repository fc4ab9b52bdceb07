"""Ingest's store: signals and their fingerprints, the outbox, the config copy, receipts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from novalgo_common.clock import Clock
from novalgo_common.events import (
    ConfigChanged,
    Ending,
    Event,
    FillRecorded,
    OrderEnded,
    OrderStatus,
    OrderSubmitted,
    SignalEnded,
    SignalReceived,
)
from novalgo_common.store import Backlog, Database, Exact, Instant, Outbox, insert
from novalgo_common.wire import decode, encode
from novalgo_ingest.alert import Alert
from novalgo_ingest.receipt import OrderLine, Receipt, Step

_ENDED_BY_DECISION = (Ending.DECLINED, Ending.SUPERSEDED, Ending.EXPIRED)
REPEAT_WINDOW = timedelta(seconds=60)
"""How long an alert without an id or a time counts as the resend of an equal one.  TradingView
sends at most four times within some 30 seconds (facts A3, A8)."""
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

metadata = sa.MetaData()
outbox = Outbox.define(metadata)
signals = sa.Table(
    "signals",
    metadata,
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("signal_id", sa.Text, nullable=False, unique=True),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("symbol", sa.Text, nullable=False),
    sa.Column("timeframe", sa.Text, nullable=False),
    sa.Column("alert_at", Instant),
    sa.Column("bar_at", Instant),
    sa.Column("price", Exact),
    sa.Column("comment", sa.Text),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("stored_at", Instant, nullable=False),
    sa.Column("ending", sa.Text),
    sa.Column("reason", sa.Text),
    sqlite_autoincrement=True,
)
recent = sa.Table(
    "recent",
    metadata,
    sa.Column("fingerprint", sa.Text, primary_key=True),
    sa.Column("signal_id", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
)
steps = sa.Table(
    "steps",
    metadata,
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("signal_id", sa.Text, nullable=False, index=True),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
)
orders = sa.Table(
    "orders",
    metadata,
    sa.Column("client_order_id", sa.Text, primary_key=True),
    sa.Column("signal_id", sa.Text, nullable=False, index=True),
    sa.Column("leg", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("filled_quantity", Exact, nullable=False),
    sa.Column("filled_average_price", Exact),
    sa.Column("submitted_at", Instant, nullable=False),
)
config = sa.Table(
    "config",
    metadata,
    sa.Column("only", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("body", sa.Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Stored:
    """The signal under which an alert is stored: its own, or that of the alert it repeats."""

    signal_id: UUID
    is_duplicate: bool


class Store:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.outbox = Outbox(database, outbox, clock)

    async def accept(self, alert: Alert, signal_id: UUID, received_at: datetime) -> Stored:
        """Store the alert and its event unless it is a resend; on disk when this returns.

        Of many equal alerts, at once or over restarts, exactly one becomes a signal.
        """

        def work(connection: Connection) -> Stored:
            first = _first_with(connection, alert, signal_id, received_at)
            if first is not None:
                return Stored(first, is_duplicate=True)
            event = self._add_signal(connection, alert, signal_id, received_at)
            self.outbox.add(connection, event)
            return Stored(signal_id, is_duplicate=False)

        return await self._database.write(work)

    def _add_signal(
        self, connection: Connection, alert: Alert, signal_id: UUID, received_at: datetime
    ) -> SignalReceived:
        told = {
            "action": alert.action,
            "symbol": alert.symbol,
            "timeframe": alert.timeframe,
            "alert_at": alert.alert_at,
            "bar_at": alert.bar_at,
            "price": alert.price,
            "comment": alert.comment,
        }
        row = {"signal_id": str(signal_id), "received_at": received_at, "stored_at": self._clock()}
        sequence = connection.execute(_ADD_SIGNAL, {**told, **row}).scalar_one()
        return SignalReceived.model_validate(
            {
                **told,
                "event_id": signal_id,
                "correlation_id": signal_id,
                "occurred_at": received_at,
                "sequence": sequence,
            }
        )

    async def publish(self, event: Event) -> None:
        """Put an event into the outbox."""
        await self._database.write(lambda connection: self.outbox.add(connection, event))

    async def backlog(self) -> Backlog:
        return await self.outbox.backlog()

    # --- the config copy -------------------------------------------------------------------

    async def keep_config(self, event: ConfigChanged) -> None:
        def work(connection: Connection) -> None:
            kept = insert(connection, config).values(only=1, body=encode(event).decode())
            connection.execute(
                kept.on_conflict_do_update(
                    index_elements=["only"], set_={"body": kept.excluded.body}
                )
            )

        await self._database.write(work)

    async def kept_config(self) -> ConfigChanged | None:
        body = await self._database.read(
            lambda connection: connection.scalar(sa.select(config.c.body))
        )
        if body is None:
            return None
        event = decode(body.encode())
        assert isinstance(event, ConfigChanged)
        return event

    # --- receipts ---------------------------------------------------------------------------

    async def step_done(self, event: Event, step: str) -> None:
        """Note a step of the event's signal; the same event notes nothing twice."""
        await self._database.write(
            lambda connection: _note(connection, event, step, event.occurred_at)
        )

    async def order_submitted(self, event: OrderSubmitted) -> None:
        """Note that the broker has the order."""

        def work(connection: Connection) -> None:
            _note(connection, event, "submitted", event.occurred_at)
            connection.execute(
                _order(connection, event, OrderStatus.OPEN).on_conflict_do_nothing(
                    index_elements=["client_order_id"]
                )
            )

        await self._database.write(work)

    async def order_filled(self, event: FillRecorded) -> None:
        """Add a fill to its order, once, unless the order's end has told the sum already."""

        def work(connection: Connection) -> None:
            if not _note(connection, event, "filled", event.filled_at):
                return
            own = orders.c.client_order_id == event.client_order_id
            order = connection.execute(sa.select(orders).where(own)).one_or_none()
            if order is None or OrderStatus(order.status).is_terminal:
                return
            before = order.filled_quantity * (order.filled_average_price or 0)
            quantity = order.filled_quantity + event.quantity
            average = (before + event.quantity * event.price) / quantity
            connection.execute(
                orders.update()
                .where(own)
                .values(filled_quantity=quantity, filled_average_price=average)
            )

        await self._database.write(work)

    async def order_ended(self, event: OrderEnded) -> None:
        """Note an order's final state."""
        end = {
            "status": event.status,
            "filled_quantity": event.filled_quantity,
            "filled_average_price": event.filled_average_price,
        }

        def work(connection: Connection) -> None:
            ended = _order(connection, event, event.status).values(end)
            connection.execute(
                ended.on_conflict_do_update(index_elements=["client_order_id"], set_=end)
            )

        await self._database.write(work)

    async def signal_ended(self, event: SignalEnded) -> None:
        """Note a signal's ending; the first one stays."""

        def work(connection: Connection) -> None:
            if event.ending in _ENDED_BY_DECISION:
                _note(connection, event, "decided", event.occurred_at)
            connection.execute(
                signals.update()
                .where(signals.c.signal_id == str(event.correlation_id))
                .where(signals.c.ending.is_(None))
                .values(ending=event.ending, reason=event.detail or event.reason)
            )

        await self._database.write(work)

    async def receipt(self, signal_id: UUID) -> Receipt | None:
        query = sa.select(signals).where(signals.c.signal_id == str(signal_id))
        found = await self._database.read(lambda connection: _receipts(connection, query))
        return found[0] if found else None

    async def receipts(self, *, limit: int, before: int | None) -> Sequence[Receipt]:
        """Return receipts, newest first, of signals with a sequence below `before`."""
        query = sa.select(signals).order_by(signals.c.sequence.desc()).limit(limit)
        if before is not None:
            query = query.where(signals.c.sequence < before)
        return await self._database.read(lambda connection: _receipts(connection, query))


_ADD_SIGNAL = signals.insert().returning(signals.c.sequence)


def _first_with(
    connection: Connection, alert: Alert, signal_id: UUID, now: datetime
) -> UUID | None:
    """Claim the fingerprint and return None, or return the signal that holds it."""
    claim = insert(connection, recent).values(
        fingerprint=alert.fingerprint, signal_id=str(signal_id), at=now
    )
    claimed = connection.execute(
        claim.on_conflict_do_update(
            index_elements=["fingerprint"],
            set_={"signal_id": claim.excluded.signal_id, "at": claim.excluded.at},
            where=recent.c.at < (_BEGINNING if alert.is_unique else now - REPEAT_WINDOW),
        ).returning(recent.c.signal_id)
    ).scalar_one_or_none()
    if claimed is not None:
        return None
    held = sa.select(recent.c.signal_id).where(recent.c.fingerprint == alert.fingerprint)
    return UUID(connection.execute(held).scalar_one())


def _note(connection: Connection, event: Event, step: str, at: datetime) -> bool:
    """Note a step and return whether it was new."""
    noted = (
        insert(connection, steps)
        .values(event_id=str(event.event_id), signal_id=str(event.correlation_id), step=step, at=at)
        .on_conflict_do_nothing(index_elements=["event_id"])
        .returning(steps.c.event_id)
    )
    return connection.execute(noted).scalar_one_or_none() is not None


def _order(
    connection: Connection, event: OrderSubmitted | OrderEnded, status: OrderStatus
) -> "sqlite.Insert | postgresql.Insert":
    return insert(connection, orders).values(
        client_order_id=event.client_order_id,
        signal_id=str(event.correlation_id),
        leg=event.leg,
        status=status,
        filled_quantity=Decimal(0),
        submitted_at=event.occurred_at,
    )


def _receipts(connection: Connection, query: "sa.Select[tuple[Any, ...]]") -> Sequence[Receipt]:
    rows = connection.execute(query).all()
    ids = [row.signal_id for row in rows]
    order_lines, step_lines = _order_lines(connection, ids), _step_lines(connection, ids)
    return [
        Receipt(
            sequence=row.sequence,
            signal_id=UUID(row.signal_id),
            action=row.action,
            symbol=row.symbol,
            timeframe=row.timeframe,
            ending=row.ending,
            reason=row.reason,
            orders=tuple(order_lines[row.signal_id]),
            steps=(*_own_steps(row), *step_lines[row.signal_id]),
        )
        for row in rows
    ]


def _own_steps(row: Any) -> list[Step]:
    times = (("alert", row.alert_at), ("received", row.received_at), ("stored", row.stored_at))
    return [Step(step, at) for step, at in times if at is not None]


def _step_lines(connection: Connection, ids: Sequence[str]) -> dict[str, list[Step]]:
    lines = defaultdict(list)
    query = sa.select(steps).where(steps.c.signal_id.in_(ids))
    for row in connection.execute(query):
        lines[row.signal_id].append(Step(row.step, row.at))
    published = sa.select(outbox.c.event_id, outbox.c.published_at).where(
        outbox.c.event_id.in_(ids), outbox.c.published_at.is_not(None)
    )
    for row in connection.execute(published):
        lines[row.event_id].append(Step("published", row.published_at))
    return lines


def _order_lines(connection: Connection, ids: Sequence[str]) -> dict[str, list[OrderLine]]:
    lines = defaultdict(list)
    query = (
        sa.select(orders)
        .where(orders.c.signal_id.in_(ids))
        .order_by(orders.c.submitted_at, orders.c.leg)
    )
    for row in connection.execute(query):
        lines[row.signal_id].append(
            OrderLine(
                row.leg,
                row.client_order_id,
                row.status,
                row.filled_quantity,
                row.filled_average_price,
            )
        )
    return lines
