"""An order and its life."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from novalgo_simulator.broker.amount import SMALLEST_QUANTITY, ZERO, ratio, shares_for


class Side(StrEnum):
    BUY = "buy"
    SELL = "sell"


class OrderType(StrEnum):
    MARKET = "market"
    LIMIT = "limit"


class TimeInForce(StrEnum):
    DAY = "day"
    GTC = "gtc"


class PositionIntent(StrEnum):
    BUY_TO_OPEN = "buy_to_open"
    BUY_TO_CLOSE = "buy_to_close"
    SELL_TO_OPEN = "sell_to_open"
    SELL_TO_CLOSE = "sell_to_close"

    @property
    def opens(self) -> bool:
        return self in (PositionIntent.BUY_TO_OPEN, PositionIntent.SELL_TO_OPEN)


class Status(StrEnum):
    ACCEPTED = "accepted"  # queued: the market is closed
    PENDING_NEW = "pending_new"  # on its way to the market
    NEW = "new"
    PARTIALLY_FILLED = "partially_filled"
    PENDING_CANCEL = "pending_cancel"
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REJECTED = "rejected"

    @property
    def is_final(self) -> bool:
        return self in (Status.FILLED, Status.CANCELED, Status.EXPIRED, Status.REJECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Exactly one of `qty` and `notional` is set; both are positive, `side` gives the direction."""

    id: UUID
    sequence: int
    client_order_id: str
    symbol: str
    side: Side
    type: OrderType
    time_in_force: TimeInForce
    position_intent: PositionIntent
    qty: Decimal | None
    notional: Decimal | None
    limit_price: Decimal | None
    extended_hours: bool
    reserve_price: Decimal
    """What a share of it counts against the buying power while it is open."""
    most_qty: Decimal | None
    """What a dollar order that closes may sell at most: a falling price must not take it past
    the shares that were there, and through zero."""
    status: Status
    created_at: datetime
    updated_at: datetime
    expires_at: datetime | None = None
    filled_qty: Decimal = ZERO
    filled_cost: Decimal = ZERO
    filled_at: datetime | None = None
    canceled_at: datetime | None = None
    expired_at: datetime | None = None
    failed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return not self.status.is_final

    @property
    def filled_avg_price(self) -> Decimal | None:
        return ratio(self.filled_cost, self.filled_qty) if self.filled_qty else None

    def leaves(self, price: Decimal) -> Decimal:
        """Return the shares still to be filled; a dollar order's depend on the price."""
        if self.qty is not None:
            return self.qty - self.filled_qty
        shares = shares_for((self.notional or ZERO) - self.filled_cost, price)
        return shares if self.most_qty is None else min(shares, self.most_qty - self.filled_qty)

    @property
    def held_qty(self) -> Decimal:
        """The shares that it keeps from being closed by another order."""
        if self.most_qty is not None:
            return self.most_qty - self.filled_qty
        return self.leaves(self.reserve_price)

    @property
    def reserved(self) -> Decimal:
        """The dollars of buying power that it keeps from other orders."""
        if not (self.is_open and self.position_intent.opens):
            return ZERO
        return self.held_qty * self.reserve_price

    def moved_to(self, status: Status, at: datetime) -> "Order":
        return replace(self, status=status, updated_at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """An execution.  `qty` and `price` are positive; `signed_qty` carries the direction."""

    execution_id: UUID
    order_id: UUID
    symbol: str
    side: Side
    opens_short: bool
    qty: Decimal
    price: Decimal
    cum_qty: Decimal
    leaves_qty: Decimal
    order_status: Status
    at: datetime

    @property
    def signed_qty(self) -> Decimal:
        return self.qty if self.side is Side.BUY else -self.qty

    @property
    def cash(self) -> Decimal:
        """What it adds to the account's cash."""
        return -self.signed_qty * self.price


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """The exchange undid an execution, and put `corrected` in its place unless it is None."""

    id: UUID
    undone: Fill
    corrected: Fill | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """`ratio` new shares took the place of each old one, at that part of the price.

    Alpaca pays cash for the fraction of a share that a merger of shares leaves, and states no
    position with more than nine decimals.
    """

    id: UUID
    symbol: str
    ratio: Decimal
    held: Decimal
    """The signed position before."""
    cash_price: Decimal
    """What a new share is paid with where a fraction of one is."""
    at: datetime

    @property
    def fraction(self) -> Decimal:
        """The signed part of a new share that is paid in cash."""
        after = self.held * self.ratio
        unit = Decimal(1) if self.ratio < 1 else SMALLEST_QUANTITY
        return after - after.quantize(unit, ROUND_DOWN)


Movement: TypeAlias = Fill | Split | Undoing
"""What moves a position."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A step in an order's life, as trade_updates names it."""

    event: str
    order: Order
    at: datetime
    fill: Fill | None = None
