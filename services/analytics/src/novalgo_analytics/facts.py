"""What the store tells, in the words of analytics."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from novalgo_common.events import Action, CashKind, Ending, Leg, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class EquityPoint:
    """What the account was worth at a moment."""

    at: datetime
    equity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CashLine:
    """Cash that came to the account, or left it, without a trade."""

    at: datetime
    kind: CashKind
    amount: Decimal
    """Signed dollars."""
    symbol: str | None
    activity: str
    """The broker's own word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDay:
    """What the account came to on a day of New York."""

    day: date
    opening: Decimal
    """The equity at the close before, as the broker states it."""
    equity: Decimal
    """By the day's last statement."""
    exposure: Decimal
    """The dollars in longs and shorts together, as a part of the equity: the statements' mean."""
    moved_in: Decimal = Decimal(0)
    """Dollars that were moved into the account since the day stated before; no earnings."""
    moved_out: Decimal = Decimal(0)
    """Dollars that were moved out of it; positive."""

    @property
    def moved(self) -> Decimal:
        """Return what was moved in, less what was moved out."""
        return self.moved_in - self.moved_out


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDone:
    """An order, the prices that it should have met, and the one that it did."""

    client_order_id: str
    symbol: str
    timeframe: str
    leg: Leg
    side: Side
    submitted_at: datetime
    alert_price: Decimal | None
    """What the chart showed when it fired."""
    quote_price: Decimal | None
    """The side of the quote that the order would meet when it was decided."""
    filled_quantity: Decimal
    filled_price: Decimal | None
    """The average of its fills; None while there are none."""
    status: str | None
    """How it ended; None while it has not."""
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalSeen:
    """A signal and how it ended; `ending` is None while it has not."""

    signal_id: UUID
    action: Action
    symbol: str
    timeframe: str
    seen_at: datetime
    ending: Ending | None
    reason: str | None
    detail: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceRequest:
    """Somebody waits for the Performance rows."""

    event_id: UUID
    correlation_id: UUID
