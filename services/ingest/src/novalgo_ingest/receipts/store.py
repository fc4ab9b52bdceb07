"""Where receipts are kept: what became of each signal, as the other services tell it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from novalgo_common.events import (
    Ending,
    Event,
    FillRecorded,
    OrderEnded,
    OrderStatus,
    OrderSubmitted,
    SignalEnded,
)
from novalgo_common.store import Database, Exact, Instant, insert
from novalgo_ingest.alert import NOT_UNIQUE
from novalgo_ingest.receipts.receipt import OrderLine, Receipt, Step
from novalgo_ingest.receipts.search import UNDER_WAY, Search
from novalgo_ingest.store import metadata, outbox, signals

_ENDED_BY_DECISION = (Ending.DECLINED, Ending.SUPERSEDED, Ending.EXPIRED)

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


class ReceiptStore:
    """The receipts' side of ingest's store.  Noting the same event twice changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

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
                .values(ending=event.ending, reason=event.reason, detail=event.detail or None)
            )

        await self._database.write(work)

    async def receipt(self, signal_id: UUID) -> Receipt | None:
        query = sa.select(signals).where(signals.c.signal_id == str(signal_id))
        found = await self._database.read(lambda connection: _receipts(connection, query))
        return found[0] if found else None

    async def receipts(self, search: Search) -> Sequence[Receipt]:
        """Return the receipts that are searched for, newest first."""
        query = (
            sa.select(signals)
            .where(*_conditions(search))
            .order_by(signals.c.sequence.desc())
            .limit(search.limit)
        )
        return await self._database.read(lambda connection: _receipts(connection, query))


def _conditions(search: Search) -> Iterator["sa.ColumnElement[bool]"]:
    for name in ("symbol", "timeframe", "action"):
        wanted = getattr(search, name)
        if wanted is not None:
            yield signals.c[name] == wanted
    if search.ending is not None:
        ending = None if search.ending == UNDER_WAY else search.ending
        yield signals.c.ending.is_not_distinct_from(ending)
    if search.before is not None:
        yield signals.c.sequence < search.before
    if search.since is not None:
        yield signals.c.received_at >= search.since
    if search.until is not None:
        yield signals.c.received_at < search.until


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
            detail=row.detail,
            channel=row.channel,
            address=row.address,
            secret=row.secret,
            message=row.message,
            warning=NOT_UNIQUE if row.is_unique is False else None,
            price=row.price,
            comment=row.comment,
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
