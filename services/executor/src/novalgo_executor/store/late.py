"""Orders that turned up after their signal had ended without them.

What they fill is counted into their book.  Where nothing has happened to the book since, that is
what the signal wanted, and it stays.  Else the book may hold two entries, or be on the wrong side:
then it is closed.  Either way an alarm says so.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from novalgo_common.events import Action, derived_id
from novalgo_common.store import Outbox
from novalgo_executor.facts import Order
from novalgo_executor.store import alarms, orders, signals
from novalgo_executor.store.tables import ORDERS, SIGNALS


def unsettled(connection: Connection) -> list[Order]:
    """Return the orders that were given up, are known to the broker, and not settled."""
    return orders.selected(connection, _UNSETTLED)


def settle(connection: Connection, outbox: Outbox, order: Order, now: datetime) -> bool:
    """Settle a late order once it has ended and its fills are counted; return whether it has."""
    is_whole = order.counted_quantity >= order.filled_quantity
    if not order.status.is_terminal or not is_whole:
        return False
    name = order.request.client_order_id
    connection.execute(
        ORDERS.update().where(ORDERS.c.client_order_id == name).values(late_settled_at=now)
    )
    became = _becomes(connection, order, now)
    alarms.add(
        connection,
        outbox,
        derived_id(order.signal_id, f"alarm.late.{name}"),
        code="late_order",
        message=f"Order {name}, which had been given up, has turned up at Alpaca: {became}",
        symbol=order.request.symbol,
        now=now,
    )
    return True


def _becomes(connection: Connection, order: Order, now: datetime) -> str:
    """Close the book where it has to be; return what becomes of the order, in words."""
    symbol, timeframe = order.request.symbol, order.timeframe
    held = signals.held(connection, symbol, timeframe)
    if not order.filled_quantity:
        return "it filled nothing"
    if held and _is_overtaken(connection, order):
        cause = derived_id(order.signal_id, f"late.{order.request.client_order_id}")
        signals.add_closing(connection, symbol, timeframe, cause, now)
        return "its book has moved on since, and is closed"
    return f"it is counted into its book, which holds {held:f}"


def _is_overtaken(connection: Connection, order: Order) -> bool:
    """Return whether the book has newer orders, or its newest signal wants another state."""
    symbol, timeframe = order.request.symbol, order.timeframe
    newer = orders.selected(
        connection,
        sa.select(ORDERS).where(
            ORDERS.c.symbol == symbol,
            ORDERS.c.timeframe == timeframe,
            ORDERS.c.signal_id != str(order.signal_id),
            ORDERS.c.created_at > order.created_at,
        ),
    )
    newest = (
        sa.select(SIGNALS.c.action)
        .where(SIGNALS.c.symbol == symbol, SIGNALS.c.timeframe == timeframe)
        .order_by(SIGNALS.c.sequence.desc())
        .limit(1)
    )
    held = signals.held(connection, symbol, timeframe)
    is_wanted = {Action.BUY: held > 0, Action.SELL: held < 0, Action.CLOSE: False}
    return bool(newer) or not is_wanted[Action(connection.execute(newest).scalar_one())]


_UNSETTLED = sa.select(ORDERS).where(
    ORDERS.c.given_up_at.is_not(None),
    ORDERS.c.order_id.is_not(None),
    ORDERS.c.late_settled_at.is_(None),
)
