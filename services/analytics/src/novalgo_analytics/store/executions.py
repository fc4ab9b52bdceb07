"""How each signal was carried out: when it reached which step, and its orders."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from novalgo_analytics.accounting.lots import NONE
from novalgo_analytics.execution.way import Milestone, Way
from novalgo_analytics.facts import OrderDone
from novalgo_analytics.store.movements import COUNTED
from novalgo_analytics.store.statements import change
from novalgo_analytics.store.tables import MOVEMENTS, ORDERS, SIGNALS, STEPS
from novalgo_common.events import (
    Ending,
    Event,
    FillRecorded,
    Leg,
    OrderEnded,
    OrderSubmitted,
    Side,
    SignalDecided,
    SignalReceived,
    StatusWritten,
)
from novalgo_common.store import insert_for

_MILESTONES = {
    SignalReceived: Milestone.STORED,
    SignalDecided: Milestone.DECIDED,
    OrderSubmitted: Milestone.SUBMITTED,
    FillRecorded: Milestone.FILLED,
    StatusWritten: Milestone.SHOWN,
}
PAGE = 1000
_LAST_COUNTS = {Milestone.FILLED, Milestone.SHOWN}
"""A signal is filled with its last fill, and shown with its last status; the others begin."""


def step(
    connection: Connection,
    event: SignalReceived
    | SignalDecided
    | OrderSubmitted
    | OrderEnded
    | FillRecorded
    | StatusWritten,
) -> None:
    """Remember when the signal reached the step."""
    milestone = _MILESTONES.get(type(event))
    at = _reached_at(event)
    if milestone is None or at is None:
        return
    connection.execute(
        _step(connection.dialect.name, is_last=milestone in _LAST_COUNTS),
        {"signal_id": str(event.correlation_id), "name": milestone.value, "at": at},
    )


@cache
def _step(dialect: str, *, is_last: bool) -> sa.Executable:
    """Return the statement, built once, that notes a step's first time or its last."""
    addition = insert_for(dialect, STEPS)
    new = addition.excluded.at
    return addition.on_conflict_do_update(
        index_elements=["signal_id", "name"],
        set_={"at": new},
        where=new > STEPS.c.at if is_last else new < STEPS.c.at,
    )


def _reached_at(event: Event) -> datetime | None:
    """Return when; None of a trade by hand, and of a signal from before ingest told."""
    match event:
        case FillRecorded():
            return event.filled_at if event.client_order_id is not None else None
        case SignalReceived():
            return event.stored_at
    return event.occurred_at


def see_order(connection: Connection, event: OrderSubmitted | OrderEnded) -> None:
    """Take in one of the two, in whichever order they come."""
    changed: dict[str, Any]
    if isinstance(event, OrderSubmitted):
        changed = {
            "side": event.side.value,
            "quote_price": event.quote_price,
            "submitted_at": event.occurred_at,
        }
    else:
        changed = {
            "status": event.status.value,
            "ended_at": event.occurred_at,
            "detail": event.detail,
        }
    seen = {
        "signal_id": str(event.correlation_id),
        "symbol": event.symbol,
        "timeframe": event.timeframe,
        "leg": event.leg.value,
        "detail": "",
    }
    connection.execute(
        change(connection.dialect.name, ORDERS, "client_order_id", tuple(changed)),
        {"client_order_id": event.client_order_id, **seen, **changed},
    )


def way(connection: Connection, signal_id: str) -> Way | None:
    """Return the way of one signal."""
    row = connection.execute(SIGNALS.select().where(SIGNALS.c.signal_id == signal_id)).one_or_none()
    steps = connection.execute(STEPS.select().where(STEPS.c.signal_id == signal_id)).all()
    return _way(row, {Milestone(step.name): step.at for step in steps}) if row else None


def each_way(
    connection: Connection, start: datetime, end: datetime, take: Callable[[Way], None]
) -> None:
    """Give the way of each signal that came from `start` on and before `end`, oldest first."""
    query = (
        sa.select(SIGNALS, *(_reached(each).label(each) for each in _MILESTONES.values()))
        .where(SIGNALS.c.seen_at >= start, SIGNALS.c.seen_at < end)
        .order_by(SIGNALS.c.seen_at, SIGNALS.c.signal_id)
    )
    for row in _streamed(connection, query):
        times = ((each, getattr(row, each)) for each in _MILESTONES.values())
        take(_way(row, {each: at for each, at in times if at is not None}))


def each_order(
    connection: Connection, start: datetime, end: datetime, take: Callable[[OrderDone], None]
) -> None:
    """Give each order that left from `start` on and before `end`, with its fills, oldest first."""
    query = (
        sa.select(
            ORDERS,
            SIGNALS.c.price.label("alert_price"),
            MOVEMENTS.c.quantity,
            MOVEMENTS.c.price,
        )
        .outerjoin(SIGNALS, SIGNALS.c.signal_id == ORDERS.c.signal_id)
        .outerjoin(MOVEMENTS, sa.and_(MOVEMENTS.c.order == ORDERS.c.client_order_id, COUNTED))
        .where(ORDERS.c.submitted_at >= start, ORDERS.c.submitted_at < end)
        .order_by(ORDERS.c.submitted_at, ORDERS.c.client_order_id)
    )
    by_order = groupby(_streamed(connection, query), lambda row: row.client_order_id)
    for _, filled in by_order:
        take(_order(list(filled)))


def _reached(milestone: Milestone) -> sa.ScalarSelect[Any]:
    query = sa.select(STEPS.c.at).where(
        STEPS.c.signal_id == SIGNALS.c.signal_id, STEPS.c.name == milestone.value
    )
    return query.scalar_subquery()


def _streamed(connection: Connection, query: sa.Select[Any]) -> Iterator[Any]:
    """Yield the rows page by page: those of years at once would take more than what is made."""
    yield from connection.execution_options(yield_per=PAGE).execute(query)


def _way(row: Any, reached: dict[Milestone, datetime]) -> Way:
    times = {Milestone.RECEIVED: row.seen_at, **reached}
    if row.alert_at is not None:
        times[Milestone.ALERT] = row.alert_at
    return Way(
        signal_id=row.signal_id,
        symbol=row.symbol,
        timeframe=row.timeframe,
        ending=Ending(row.ending) if row.ending else None,
        reason=row.reason,
        times=times,
    )


def _order(rows: Sequence[Any]) -> OrderDone:
    """Return the order that has a row for each of its fills, or one without a fill."""
    order = rows[0]
    filled = [(abs(row.quantity), row.price) for row in rows if row.quantity is not None]
    shares = sum((quantity for quantity, _ in filled), NONE)
    dollars = sum((quantity * price for quantity, price in filled), NONE)
    return OrderDone(
        client_order_id=order.client_order_id,
        symbol=order.symbol,
        timeframe=order.timeframe,
        leg=Leg(order.leg),
        side=Side(order.side),
        submitted_at=order.submitted_at,
        alert_price=order.alert_price,
        quote_price=order.quote_price,
        filled_quantity=shares,
        filled_price=dollars / shares if shares else None,
        status=order.status,
        detail=order.detail,
    )
