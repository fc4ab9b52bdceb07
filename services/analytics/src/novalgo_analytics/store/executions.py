"""How each signal was carried out: when it reached which step, and its orders."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from novalgo_analytics.execution.way import Milestone, Way
from novalgo_analytics.facts import OrderDone
from novalgo_analytics.store.movements import COUNTED
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
from novalgo_common.store import insert

_MILESTONES = {
    SignalReceived: Milestone.STORED,
    SignalDecided: Milestone.DECIDED,
    OrderSubmitted: Milestone.SUBMITTED,
    FillRecorded: Milestone.FILLED,
    StatusWritten: Milestone.SHOWN,
}
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
    addition = insert(connection, STEPS).values(
        signal_id=str(event.correlation_id), name=milestone.value, at=at
    )
    new = addition.excluded.at
    is_wanted = new > STEPS.c.at if milestone in _LAST_COUNTS else new < STEPS.c.at
    connection.execute(
        addition.on_conflict_do_update(
            index_elements=["signal_id", "name"], set_={"at": new}, where=is_wanted
        )
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
        insert(connection, ORDERS)
        .values(client_order_id=event.client_order_id, **(seen | changed))
        .on_conflict_do_update(index_elements=["client_order_id"], set_=changed)
    )


def way(connection: Connection, signal_id: str) -> Way | None:
    """Return the way of one signal."""
    row = connection.execute(SIGNALS.select().where(SIGNALS.c.signal_id == signal_id)).one_or_none()
    steps = connection.execute(STEPS.select().where(STEPS.c.signal_id == signal_id)).all()
    return _way(row, {Milestone(step.name): step.at for step in steps}) if row else None


def ways(connection: Connection, start: datetime) -> Sequence[Way]:
    """Return the way of each signal that came from `start` on, oldest first."""
    recent = SIGNALS.c.seen_at >= start
    signals = connection.execute(SIGNALS.select().where(recent).order_by(SIGNALS.c.seen_at)).all()
    reached: dict[str, dict[Milestone, datetime]] = {}
    query = sa.select(STEPS).join(SIGNALS, SIGNALS.c.signal_id == STEPS.c.signal_id).where(recent)
    for row in connection.execute(query).all():
        reached.setdefault(row.signal_id, {})[Milestone(row.name)] = row.at
    return [_way(row, reached.get(row.signal_id, {})) for row in signals]


def orders(connection: Connection, start: datetime) -> Sequence[OrderDone]:
    """Return the orders that left from `start` on, with what filled of them, oldest first."""
    query = (
        sa.select(ORDERS, SIGNALS.c.price)
        .outerjoin(SIGNALS, SIGNALS.c.signal_id == ORDERS.c.signal_id)
        .where(ORDERS.c.submitted_at >= start)
        .order_by(ORDERS.c.submitted_at)
    )
    rows = connection.execute(query).all()
    filled = _filled(connection, start)
    return [_order(row, filled.get(row.client_order_id, [])) for row in rows]


def _filled(connection: Connection, start: datetime) -> dict[str, list[Any]]:
    query = (
        sa.select(MOVEMENTS.c.order, MOVEMENTS.c.quantity, MOVEMENTS.c.price)
        .join(ORDERS, ORDERS.c.client_order_id == MOVEMENTS.c.order)
        .where(ORDERS.c.submitted_at >= start, COUNTED)
    )
    found: dict[str, list[Any]] = {}
    for row in connection.execute(query).all():
        found.setdefault(row.order, []).append(row)
    return found


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


def _order(row: Any, fills: Sequence[Any]) -> OrderDone:
    shares = sum((abs(fill.quantity) for fill in fills), Decimal(0))
    dollars = sum((abs(fill.quantity) * fill.price for fill in fills), Decimal(0))
    return OrderDone(
        client_order_id=row.client_order_id,
        symbol=row.symbol,
        timeframe=row.timeframe,
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
