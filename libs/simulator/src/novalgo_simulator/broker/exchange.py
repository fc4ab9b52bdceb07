"""What becomes of an order.  Pure: time, prices, ids and chance are passed in."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from uuid import UUID

from novalgo_simulator.broker.amount import SMALLEST_QUANTITY, is_whole
from novalgo_simulator.broker.order import (
    Change,
    Fill,
    Order,
    OrderType,
    PositionIntent,
    Side,
    Status,
    TimeInForce,
)
from novalgo_simulator.broker.order_request import OrderRequest
from novalgo_simulator.broker.rules import Standing, inferred_intent, quantity, reserve_price
from novalgo_simulator.faults.seam import Fate
from novalgo_simulator.market.prices import Quote

_HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The market, as an order meets it."""

    at: datetime
    quote: Quote
    is_open: bool
    execution_id: UUID
    part: Decimal | None = None
    """The share of the order that a first fill takes, or None for all of it."""
    fate: Fate = Fate.ORDINARY


def accept(
    request: OrderRequest,
    standing: Standing,
    *,
    order_id: UUID,
    sequence: int,
    at: datetime,
    is_open: bool,
    expiry: datetime | None,
) -> Change:
    """Turn a request that no rule refuses into an order; a closed market queues it."""
    status = Status.PENDING_NEW if is_open else Status.ACCEPTED
    intent = inferred_intent(request.side, standing.held)
    caps = request.notional is not None and not intent.opens
    order = Order(
        id=order_id,
        sequence=sequence,
        client_order_id=request.client_order_id or str(order_id),
        symbol=request.symbol,
        side=request.side,
        type=request.type,
        time_in_force=request.time_in_force,
        position_intent=intent,
        qty=request.qty,
        notional=request.notional,
        limit_price=request.limit_price,
        extended_hours=request.extended_hours,
        reserve_price=reserve_price(request, standing.quote),
        most_qty=quantity(request, standing.quote) if caps else None,
        status=status,
        created_at=at,
        updated_at=at,
        expires_at=expiry if request.time_in_force is TimeInForce.DAY else None,
    )
    return Change(event=status.value, order=order, at=at)


def progress(order: Order, moment: Moment) -> list[Change]:
    """Return the next steps of the order's life, possibly none."""
    if order.status.is_final:
        return []
    if order.status is Status.PENDING_CANCEL:
        return [canceled(order, moment.at)]
    if order.expires_at is not None and moment.at >= order.expires_at:
        return [_expired(order, moment.at)]
    if not moment.is_open:
        return []
    if moment.fate is Fate.REJECTED:
        return [_rejected(order, moment.at)]
    if moment.fate in (Fate.STALLED, Fate.CANCELED):
        return _cut_short(order, moment)
    return _worked(order, moment)


def cancel_requested(order: Order, at: datetime) -> Change:
    """An order stays open, and holds its shares, until the market confirms the cancel."""
    pending = order.moved_to(Status.PENDING_CANCEL, at)
    return Change(event="pending_cancel", order=pending, at=at)


def canceled(order: Order, at: datetime) -> Change:
    ended = replace(order.moved_to(Status.CANCELED, at), canceled_at=at)
    return Change(event="canceled", order=ended, at=at)


def _expired(order: Order, at: datetime) -> Change:
    ended = replace(order.moved_to(Status.EXPIRED, at), expired_at=at)
    return Change(event="expired", order=ended, at=at)


def _rejected(order: Order, at: datetime) -> Change:
    ended = replace(order.moved_to(Status.REJECTED, at), failed_at=at)
    return Change(event="rejected", order=ended, at=at)


def _cut_short(order: Order, moment: Moment) -> list[Change]:
    """Fill a part, where the order can be parted; leave or cancel the rest."""
    partly = replace(moment, part=_HALF)
    changes = [] if order.filled_qty else _worked(order, partly)
    if changes and changes[-1].order.status is not Status.FILLED:
        return changes
    return [canceled(order, moment.at)] if moment.fate is Fate.CANCELED else []


def _worked(order: Order, moment: Moment) -> list[Change]:
    changes = []
    if order.status in (Status.ACCEPTED, Status.PENDING_NEW):
        order = order.moved_to(Status.NEW, moment.at)
        changes.append(Change(event="new", order=order, at=moment.at))
    price = _execution_price(order, moment.quote)
    if price is not None and moment.fate is not Fate.HELD:
        changes.append(_filled(order, price, moment))
    return changes


def _execution_price(order: Order, quote: Quote) -> Decimal | None:
    """Return the market's price, or None where a limit is not reached."""
    price = quote.ask if order.side is Side.BUY else quote.bid
    if order.type is OrderType.MARKET or order.limit_price is None:
        return price
    reached = price <= order.limit_price if order.side is Side.BUY else price >= order.limit_price
    return price if reached else None


def _filled(order: Order, price: Decimal, moment: Moment) -> Change:
    qty = _executed_qty(order, price, moment.part)
    is_last = qty == order.leaves(price)
    after = replace(
        order.moved_to(Status.FILLED if is_last else Status.PARTIALLY_FILLED, moment.at),
        filled_qty=order.filled_qty + qty,
        filled_cost=order.filled_cost + qty * price,
        filled_at=moment.at,
    )
    fill = Fill(
        execution_id=moment.execution_id,
        order_id=order.id,
        symbol=order.symbol,
        side=order.side,
        opens_short=order.position_intent is PositionIntent.SELL_TO_OPEN,
        qty=qty,
        price=price,
        cum_qty=after.filled_qty,
        leaves_qty=Decimal(0) if is_last else after.leaves(price),
        order_status=after.status,
        at=moment.at,
    )
    event = "fill" if is_last else "partial_fill"
    return Change(event=event, order=after, at=moment.at, fill=fill)


def _executed_qty(order: Order, price: Decimal, part: Decimal | None) -> Decimal:
    leaves = order.leaves(price)
    if part is None or order.filled_qty:
        return leaves
    step = Decimal(1) if order.qty is not None and is_whole(order.qty) else SMALLEST_QUANTITY
    taken = (leaves * part).quantize(step, rounding=ROUND_DOWN)
    return taken if 0 < taken < leaves else leaves
