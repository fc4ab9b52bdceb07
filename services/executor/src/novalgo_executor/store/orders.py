"""The stored intents, what became of their orders, and the fills that make up the books."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from novalgo_common.events import (
    Action,
    Event,
    FillRecorded,
    Leg,
    OrderEnded,
    OrderStatus,
    OrderSubmitted,
    Side,
    derived_id,
)
from novalgo_common.store import Outbox
from novalgo_executor.broker import BrokerFill, BrokerOrder, OrderRequest, PositionIntent
from novalgo_executor.facts import ZERO, Order, Signal
from novalgo_executor.steps import Submit
from novalgo_executor.store import account, event_ids, positions
from novalgo_executor.store.effect import Effect
from novalgo_executor.store.tables import ORDERS


def add(connection: Connection, signal: Signal, step: Submit, now: datetime) -> None:
    """Store an intent.  From here on its order may be at the broker."""
    request = step.request
    connection.execute(
        _ADDING,
        {
            "client_order_id": request.client_order_id,
            "signal_id": str(signal.signal_id),
            "symbol": signal.symbol,
            "timeframe": signal.timeframe,
            "action": signal.action,
            "leg": step.leg,
            "part": step.part,
            "leg_quantity": step.leg_quantity,
            "side": request.side,
            "quantity": request.quantity,
            "notional": request.notional,
            "position_intent": request.position_intent,
            "quote_price": step.quote_price,
            "sent": True,
            "status": OrderStatus.UNKNOWN,
            "filled_quantity": ZERO,
            "counted_quantity": ZERO,
            "realised": ZERO,
            "complete": False,
            "created_at": now,
            "detail": "",
        },
    )


def last_entry(connection: Connection, signal: Signal, since: datetime) -> datetime | None:
    """Return when another signal of the book last opened it, or may have."""
    bounds = {
        "since": since,
        "symbol": signal.symbol,
        "timeframe": signal.timeframe,
        "other_than": str(signal.signal_id),
    }
    found: datetime | None = connection.execute(_LAST_ENTRY, bounds).scalar()
    return found


def mark(connection: Connection, client_order_id: str, **changes: object) -> None:
    """Change an intent whose order the broker does not have."""
    connection.execute(_CHANGING_UNKNOWN, {"name": client_order_id, **changes})


def miss(connection: Connection, client_order_id: str, since: datetime) -> None:
    """Remember that the broker denies an order, one that it knew before (a reset) included."""
    connection.execute(
        ORDERS.update()
        .where(
            ORDERS.c.client_order_id == client_order_id,
            ORDERS.c.status.in_([OrderStatus.UNKNOWN, OrderStatus.OPEN]),
        )
        .values(status=OrderStatus.UNKNOWN, missing_since=since)
    )


def withdraw(connection: Connection, client_order_id: str, now: datetime) -> None:
    """End an intent whose order was never sent."""
    mark(
        connection,
        client_order_id,
        status=OrderStatus.CANCELED,
        ended_at=now,
        detail="it was never sent",
        complete=True,
    )


def lose(connection: Connection, outbox: Outbox, client_order_id: str, now: datetime) -> None:
    """End an order that the broker had, and denies now, with what is counted of it."""
    counted = _named(connection, client_order_id).counted_quantity
    changes = {
        "status": OrderStatus.CANCELED,
        "filled_quantity": counted,
        "ended_at": now,
        "detail": "it went with the account",
    }
    connection.execute(_CHANGING, {"name": client_order_id, **changes})
    complete(connection, outbox, client_order_id, now)


def give_up(connection: Connection, client_order_id: str, now: datetime) -> None:
    """Remember that an order's signal ends while nobody knows of the order."""
    mark(connection, client_order_id, given_up_at=now)


def refuse(
    connection: Connection, outbox: Outbox, client_order_id: str, detail: str, now: datetime
) -> None:
    """Remember that the broker definitely refused the order."""
    mark(connection, client_order_id, status=OrderStatus.REJECTED, ended_at=now, detail=detail)
    complete(connection, outbox, client_order_id, now)


def apply(
    connection: Connection,
    outbox: Outbox,
    stated: BrokerOrder,
    fill: BrokerFill | None,
    now: datetime,
) -> Effect:
    """Take in what the broker states of an order; return what that changes.

    Statements come from the answer to a submit, the stream and the polls, late and in any order:
    a filled quantity only grows, and an ended order stays ended.
    """
    row = _named(connection, stated.client_order_id)
    if row is None:
        return Effect.FOREIGN
    if row.order_id is None:
        outbox.add(connection, _submitted(row, now))
    changed = _update(connection, row, stated, now)
    if fill is not None:
        count(connection, outbox, fill, now)
    complete(connection, outbox, row.client_order_id, now)
    return Effect.NEWS if changed or fill is not None else Effect.KNOWN


def _update(connection: Connection, row: Any, stated: BrokerOrder, now: datetime) -> bool:
    filled = max(row.filled_quantity, stated.filled_quantity)
    newer = stated.filled_quantity >= row.filled_quantity
    was_terminal = OrderStatus(row.status).is_terminal
    status = stated.status
    if was_terminal and not (status is OrderStatus.FILLED and newer):
        status = OrderStatus(row.status)
    ended_at = row.ended_at or (now if status.is_terminal else None)
    average = stated.filled_average_price if newer else row.filled_average_price
    changes = {
        "order_id": stated.order_id,
        "sent": True,
        "status": status,
        "filled_quantity": filled,
        "filled_average_price": average,
        "missing_since": None,
        "ended_at": ended_at,
        "detail": stated.detail or row.detail,
    }
    # Most news repeats what is known: a transaction that changes nothing waits for no disk.
    if all(getattr(row, column) == value for column, value in changes.items()):
        return False
    connection.execute(_CHANGING, {"name": row.client_order_id, **changes})
    return True


def count(connection: Connection, outbox: Outbox, fill: BrokerFill, now: datetime) -> bool:
    """Count a fill of one of our orders into its book, once; return whether it is one of ours."""
    row = connection.execute(_BY_ORDER_ID, {"order_id": fill.order_id}).one_or_none()
    if row is None:
        return False
    realised = positions.count(connection, fill, row.timeframe)
    if realised is not None:
        counted = row.counted_quantity + fill.quantity
        connection.execute(
            _CHANGING,
            {
                "name": row.client_order_id,
                "counted_quantity": counted,
                "filled_quantity": max(row.filled_quantity, fill.cumulative),
                "realised": row.realised + realised,
            },
        )
        signal_id = UUID(row.signal_id)
        outbox.add(
            connection,
            FillRecorded(
                event_id=event_ids.of_fill(signal_id, fill.order_id, fill.cumulative),
                correlation_id=signal_id,
                occurred_at=fill.filled_at,
                symbol=row.symbol,
                timeframe=row.timeframe,
                client_order_id=row.client_order_id,
                order_id=fill.order_id,
                leg=Leg(row.leg),
                side=fill.side,
                quantity=fill.quantity,
                price=fill.price,
                filled_at=fill.filled_at,
            ),
        )
        complete(connection, outbox, row.client_order_id, now)
    return True


def _submitted(row: Any, now: datetime) -> Event:
    signal_id = UUID(row.signal_id)
    return OrderSubmitted(
        event_id=derived_id(signal_id, f"submitted.{row.client_order_id}"),
        correlation_id=signal_id,
        occurred_at=now,
        symbol=row.symbol,
        timeframe=row.timeframe,
        action=Action(row.action),
        leg=Leg(row.leg),
        client_order_id=row.client_order_id,
        side=Side(row.side),
        quantity=row.quantity,
        notional=row.notional,
        quote_price=row.quote_price,
    )


def complete(connection: Connection, outbox: Outbox, client_order_id: str, now: datetime) -> None:
    """Announce an order's end once it has ended and all its fills are counted."""
    row = _named(connection, client_order_id)
    if row.complete or row.counted_quantity < row.filled_quantity:
        return
    if not OrderStatus(row.status).is_terminal:
        return
    if row.leg == Leg.CLOSE:
        account.count_streak(connection, row.realised)
    connection.execute(_CHANGING, {"name": client_order_id, "complete": True})
    signal_id = UUID(row.signal_id)
    outbox.add(
        connection,
        OrderEnded(
            event_id=derived_id(signal_id, f"ended.{client_order_id}"),
            correlation_id=signal_id,
            occurred_at=now,
            symbol=row.symbol,
            timeframe=row.timeframe,
            action=Action(row.action),
            leg=Leg(row.leg),
            client_order_id=client_order_id,
            status=OrderStatus(row.status),
            filled_quantity=row.filled_quantity,
            filled_average_price=row.filled_average_price,
            detail=row.detail,
        ),
    )


def of_signal(connection: Connection, signal_id: UUID) -> list[Order]:
    """Return a signal's orders, in the order of their making."""
    return selected(connection, _OF_SIGNAL, signal_id=str(signal_id))


def unfinished(connection: Connection, symbol: str | None = None) -> Sequence[Order]:
    """Return the orders that have not ended, or whose fills are not all counted."""
    if symbol is None:
        return selected(connection, _UNFINISHED)
    return selected(connection, _UNFINISHED_OF, symbol=symbol)


def certain(connection: Connection) -> Order | None:
    """Return the newest order that had ended at the broker when the books last agreed with it.

    None where there is none since the account was last found to have been reset.  One that was only
    stored by then may have left after a reset.
    """
    agreed, reset = account.agreed_at(connection), account.reset_at(connection)
    if agreed is None:
        return None
    query = sa.select(ORDERS).where(
        ORDERS.c.order_id.is_not(None),
        ORDERS.c.given_up_at.is_(None),  # one that turned up late may have done so since
        ORDERS.c.ended_at <= agreed,
    )
    if reset is not None:
        query = query.where(ORDERS.c.created_at > reset)
    row = connection.execute(query.order_by(ORDERS.c.ended_at.desc()).limit(1)).one_or_none()
    return _order(row) if row is not None else None


def selected(connection: Connection, query: sa.Select[Any], **bounds: object) -> list[Order]:
    """Return the orders that a query of the whole table finds."""
    return [_order(row) for row in connection.execute(query, bounds)]


def _named(connection: Connection, client_order_id: str) -> Any:
    return connection.execute(_BY_NAME, {"name": client_order_id}).one_or_none()


def _order(row: Any) -> Order:
    return Order(
        request=OrderRequest(
            client_order_id=row.client_order_id,
            symbol=row.symbol,
            side=Side(row.side),
            quantity=row.quantity,
            notional=row.notional,
            position_intent=PositionIntent(row.position_intent),
        ),
        signal_id=UUID(row.signal_id),
        timeframe=row.timeframe,
        action=Action(row.action),
        leg=Leg(row.leg),
        part=row.part,
        leg_quantity=row.leg_quantity,
        sent=row.sent,
        status=OrderStatus(row.status),
        order_id=row.order_id,
        filled_quantity=row.filled_quantity,
        counted_quantity=row.counted_quantity,
        created_at=row.created_at,
        missing_since=row.missing_since,
        ended_at=row.ended_at,
        detail=row.detail,
    )


# Building a statement takes longer than SQLite needs to run it.

_ADDING = ORDERS.insert()
_CHANGING = ORDERS.update().where(ORDERS.c.client_order_id == sa.bindparam("name"))
_CHANGING_UNKNOWN = _CHANGING.where(ORDERS.c.status == OrderStatus.UNKNOWN)
_BY_NAME = sa.select(ORDERS).where(ORDERS.c.client_order_id == sa.bindparam("name"))
_BY_ORDER_ID = sa.select(ORDERS).where(ORDERS.c.order_id == sa.bindparam("order_id"))
_OF_SIGNAL = (
    sa.select(ORDERS)
    .where(ORDERS.c.signal_id == sa.bindparam("signal_id"))
    .order_by(ORDERS.c.created_at)
)
_LAST_ENTRY = (
    sa.select(ORDERS.c.created_at)
    .where(
        ORDERS.c.created_at >= sa.bindparam("since"),
        ORDERS.c.symbol == sa.bindparam("symbol"),
        ORDERS.c.timeframe == sa.bindparam("timeframe"),
        ORDERS.c.leg == Leg.OPEN,
        ORDERS.c.sent,
        ORDERS.c.signal_id != sa.bindparam("other_than"),
        ORDERS.c.status != OrderStatus.REJECTED,
    )
    .order_by(ORDERS.c.created_at.desc())
    .limit(1)
)
_UNFINISHED = sa.select(ORDERS).where(ORDERS.c.complete.is_(False)).order_by(ORDERS.c.created_at)
_UNFINISHED_OF = _UNFINISHED.where(ORDERS.c.symbol == sa.bindparam("symbol"))
