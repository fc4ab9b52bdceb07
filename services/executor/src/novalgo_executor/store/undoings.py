"""Fills that the exchange undid: taken out of their books again, each once.

The order stays as it was: what the exchange undid is no longer a matter of the order's life.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from novalgo_common.events import FillBusted, FillRecorded, Leg, Side, derived_id
from novalgo_common.store import Outbox
from novalgo_executor.allocate import Share, allocate_trade
from novalgo_executor.broker import Undoing
from novalgo_executor.store import adoptions, alarms, event_ids, positions
from novalgo_executor.store.tables import CORRECTIONS, FILLS, ORDERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A fill, or a part of one, as it stands in a book; `timeframe` is None outside the books."""

    event_id: UUID
    symbol: str
    timeframe: str | None
    side: Side
    quantity: Decimal
    price: Decimal
    filled_at: datetime
    row: sa.Update
    """Marks it as undone, once values are given."""


@dataclass(frozen=True, slots=True)
class _Order:
    signal_id: UUID | None
    client_order_id: str | None
    leg: Leg | None


def undo(
    connection: Connection, outbox: Outbox, undoing: Undoing, now: datetime
) -> Sequence[Counted]:
    """Undo what an undoing names; return it, or nothing where it is not counted or was undone.

    Nothing either where the position was adopted since, with the shares gone already.
    """
    if _is_done(connection, undoing.undoing_id):
        return ()
    order = _order(connection, undoing.order_id)
    found = _named(connection, undoing, order) or _recognised(connection, undoing, order)
    for counted in found:
        connection.execute(counted.row.values(undone_by=undoing.undoing_id))
    if found and adoptions.covers(connection, found[0].symbol, undoing.at):
        return ()  # its shares were seen to be gone, and taken out, before the exchange said why
    for counted in found:
        positions.move(
            connection, counted.symbol, counted.timeframe, -_signed(counted), counted.price
        )
        outbox.add(connection, _busted(counted, undoing, order, now))
        _tell(connection, outbox, counted, undoing, now)
    if found and undoing.is_correction:
        _count_corrected(connection, outbox, undoing, found[0], order)
    return found


def _is_done(connection: Connection, undoing_id: str) -> bool:
    return any(
        connection.execute(
            sa.select(table.c.order_id).where(table.c.undone_by == undoing_id)
        ).first()
        for table in (FILLS, CORRECTIONS)
    )


def _named(connection: Connection, undoing: Undoing, order: _Order) -> list[Counted]:
    """Return what is counted under the execution's id, and stands."""
    fills = _fills(connection, FILLS.c.execution_id == undoing.execution_id, order)
    standing = sa.and_(
        CORRECTIONS.c.undoing_id == undoing.execution_id, CORRECTIONS.c.undone_by.is_(None)
    )
    corrected = connection.execute(sa.select(CORRECTIONS).where(standing)).all()
    return fills + [_counted_correction(row, order) for row in corrected]


def _recognised(connection: Connection, undoing: Undoing, order: _Order) -> list[Counted]:
    """Return the one fill of the order that it can be about, where the id is not known here."""
    found = _fills(connection, FILLS.c.order_id == undoing.order_id, order)
    if not undoing.is_correction:
        is_it = (undoing.quantity, undoing.price)
        found = [each for each in found if (each.quantity, each.price) == is_it]
    return found if len(found) == 1 else []


def _fills(
    connection: Connection, condition: sa.ColumnElement[bool], order: _Order
) -> list[Counted]:
    query = sa.select(FILLS).where(condition, FILLS.c.undone_by.is_(None))
    return [_counted_fill(row, order) for row in connection.execute(query)]


def _counted_fill(row: Any, order: _Order) -> Counted:
    return Counted(
        event_id=event_ids.of_fill(order.signal_id, row.order_id, row.cumulative),
        row=FILLS.update().where(
            FILLS.c.order_id == row.order_id, FILLS.c.cumulative == row.cumulative
        ),
        **_common(row),
    )


def _counted_correction(row: Any, order: _Order) -> Counted:
    return Counted(
        event_id=event_ids.of_correction(order.signal_id, row.undoing_id, row.part),
        row=CORRECTIONS.update().where(
            CORRECTIONS.c.undoing_id == row.undoing_id, CORRECTIONS.c.part == row.part
        ),
        **_common(row),
    )


def _common(row: Any) -> dict[str, Any]:
    return {
        "symbol": row.symbol,
        "timeframe": row.timeframe,
        "side": Side(row.side),
        "quantity": row.quantity,
        "price": row.price,
        "filled_at": row.filled_at,
    }


def _count_corrected(
    connection: Connection, outbox: Outbox, undoing: Undoing, undone: Counted, order: _Order
) -> None:
    """Count the execution as it now stands: into the same book, or as a trade by hand anew."""
    signed = undoing.quantity if undone.side is Side.BUY else -undoing.quantity
    shares = [Share(undone.timeframe, signed)]
    if order.signal_id is None:
        shares = allocate_trade(signed, positions.holdings(connection, undone.symbol))
    for part, share in enumerate(shares):
        event_id = event_ids.of_correction(order.signal_id, undoing.undoing_id, part)
        positions.move(connection, undone.symbol, share.timeframe, share.quantity, undoing.price)
        facts: dict[str, Any] = {
            "order_id": undoing.order_id,
            "quantity": abs(share.quantity),
            "symbol": undone.symbol,
            "timeframe": share.timeframe,
            "side": undone.side,
            "price": undoing.price,
            "filled_at": undone.filled_at,
        }
        connection.execute(
            CORRECTIONS.insert().values(undoing_id=undoing.undoing_id, part=part, **facts)
        )
        outbox.add(
            connection,
            FillRecorded(
                event_id=event_id,
                correlation_id=order.signal_id or event_id,
                occurred_at=undone.filled_at,
                client_order_id=order.client_order_id,
                leg=order.leg,
                **facts,
            ),
        )


def _busted(counted: Counted, undoing: Undoing, order: _Order, now: datetime) -> FillBusted:
    event_id = derived_id(counted.event_id, f"undone.{undoing.undoing_id}")
    return FillBusted(
        event_id=event_id,
        correlation_id=order.signal_id or event_id,
        occurred_at=now,
        symbol=counted.symbol,
        timeframe=counted.timeframe,
        fill_event_id=counted.event_id,
        client_order_id=order.client_order_id,
        order_id=undoing.order_id,
        side=counted.side,
        quantity=counted.quantity,
        price=counted.price,
    )


def _tell(
    connection: Connection, outbox: Outbox, counted: Counted, undoing: Undoing, now: datetime
) -> None:
    event_id = derived_id(counted.event_id, f"alarm.{undoing.undoing_id}")
    stands = f" to {undoing.quantity} at {undoing.price}" if undoing.is_correction else ""
    message = (
        f"The exchange {'corrected' if stands else 'undid'} a fill of {counted.symbol}, "
        f"{counted.side} {counted.quantity} at {counted.price}{stands}. No order follows from "
        "that: look whether the position is still what you want"
    )
    alarms.add(
        connection,
        outbox,
        event_id,
        code="fill_undone",
        message=message,
        symbol=counted.symbol,
        now=now,
    )


def _order(connection: Connection, order_id: str) -> _Order:
    row = connection.execute(sa.select(ORDERS).where(ORDERS.c.order_id == order_id)).one_or_none()
    if row is None:
        return _Order(None, None, None)
    return _Order(UUID(row.signal_id), row.client_order_id, Leg(row.leg))


def _signed(counted: Counted) -> Decimal:
    return counted.quantity if counted.side is Side.BUY else -counted.quantity
