"""How each signal was carried out: when it reached which step, and its orders."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from sys import intern
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

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
NOTHING = (Decimal(0), Decimal(0))
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


def ways(connection: Connection, start: datetime) -> Sequence[Way]:
    """Return the way of each signal that came from `start` on, oldest first."""
    recent = SIGNALS.c.seen_at >= start
    reached: dict[str, dict[Milestone, datetime]] = {}
    query = sa.select(STEPS).join(SIGNALS, SIGNALS.c.signal_id == STEPS.c.signal_id).where(recent)
    for row in _streamed(connection, query):
        reached.setdefault(row.signal_id, {})[Milestone(row.name)] = row.at
    signals = SIGNALS.select().where(recent).order_by(SIGNALS.c.seen_at)
    return [_way(row, reached.pop(row.signal_id, {})) for row in _streamed(connection, signals)]


def orders(connection: Connection, start: datetime) -> Sequence[OrderDone]:
    """Return the orders that left from `start` on, with what filled of them, oldest first."""
    query = (
        sa.select(ORDERS, SIGNALS.c.price)
        .outerjoin(SIGNALS, SIGNALS.c.signal_id == ORDERS.c.signal_id)
        .where(ORDERS.c.submitted_at >= start)
        .order_by(ORDERS.c.submitted_at)
    )
    filled = _filled(connection, start)
    return [
        _order(row, *filled.get(row.client_order_id, NOTHING))
        for row in _streamed(connection, query)
    ]


def _streamed(connection: Connection, query: sa.Select[Any]) -> Iterator[Any]:
    """Yield the rows page by page: those of years at once would take more than what is made."""
    yield from connection.execution_options(yield_per=PAGE).execute(query)


def _filled(connection: Connection, start: datetime) -> dict[str, tuple[Decimal, Decimal]]:
    """Return the shares and the dollars that were filled, by order."""
    query = (
        sa.select(MOVEMENTS.c.order, MOVEMENTS.c.quantity, MOVEMENTS.c.price)
        .join(ORDERS, ORDERS.c.client_order_id == MOVEMENTS.c.order)
        .where(ORDERS.c.submitted_at >= start, COUNTED)
    )
    found: dict[str, tuple[Decimal, Decimal]] = {}
    for row in _streamed(connection, query):
        shares, dollars = found.get(row.order, NOTHING)
        quantity = abs(row.quantity)
        found[row.order] = (shares + quantity, dollars + quantity * row.price)
    return found


def _way(row: Any, reached: dict[Milestone, datetime]) -> Way:
    times = {Milestone.RECEIVED: row.seen_at, **reached}
    if row.alert_at is not None:
        times[Milestone.ALERT] = row.alert_at
    return Way(
        signal_id=row.signal_id,
        symbol=intern(row.symbol),
        timeframe=intern(row.timeframe),
        ending=Ending(row.ending) if row.ending else None,
        reason=row.reason,
        times=times,
    )


def _order(row: Any, shares: Decimal, dollars: Decimal) -> OrderDone:
    return OrderDone(
        client_order_id=row.client_order_id,
        symbol=intern(row.symbol),
        timeframe=intern(row.timeframe),
        leg=Leg(row.leg),
        side=Side(row.side),
        submitted_at=row.submitted_at,
        alert_price=row.price,
        quote_price=row.quote_price,
        filled_quantity=shares,
        filled_price=dollars / shares if shares else None,
        status=row.status,
        detail=row.detail,
    )
