"""The owner's risk limits.  Pure.  They concern openings only: an exit is never refused.

Some limits decline one entry (its size, its price, the orders of the last minute, the exposure).
The others (the day's loss, the drawdown, a losing streak) trip: they halt all entries until a
person resumes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from novalgo_common.events import LimitState, Reason
from novalgo_executor.broker import Account, BrokerPosition

ZERO = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Each is off where it is None."""

    orders_a_minute: int | None = None
    order_dollars: Decimal | None = None
    gross_exposure: Decimal | None = None
    """Dollars, longs and shorts added up."""
    price_collar: Decimal | None = None
    """Percent that the quote may be worse than the alert's own price."""
    day_loss: Decimal | None = None
    """Dollars below the equity at the previous close."""
    drawdown: Decimal | None = None
    """Percent below the highest equity that was seen."""
    losing_streak: int | None = None
    """Closing orders that lost, one after the other."""

    @property
    def are_shared(self) -> bool:
        """Whether what one entry uses of them is gone for the others."""
        return self.orders_a_minute is not None or self.gross_exposure is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """How much of the limits is used now."""

    orders_last_minute: int
    gross_exposure: Decimal
    """Dollars, as of the last comparison with the broker, and what was opened since."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A limit that an entry would break."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class Trip:
    """A limit that is broken, and halts entries."""

    limit: str
    detail: str


def breach(
    limits: Limits,
    usage: Usage,
    *,
    dollars: Decimal,
    price: Decimal,
    alert_price: Decimal | None,
    buying: bool,
) -> Breach | None:
    """Return the first limit that an entry of `dollars` at `price` would break."""
    most = limits.orders_a_minute
    if most is not None and usage.orders_last_minute >= most:
        return Breach(Reason.ORDER_RATE, f"{most} orders were opened within the last minute")
    if limits.order_dollars is not None and dollars > limits.order_dollars:
        detail = f"{dollars} dollars are more than the {limits.order_dollars} of one order"
        return Breach(Reason.ORDER_TOO_LARGE, detail)
    exposure = usage.gross_exposure + dollars
    if limits.gross_exposure is not None and exposure > limits.gross_exposure:
        detail = f"the exposure would be {exposure:.2f} of at most {limits.gross_exposure} dollars"
        return Breach(Reason.EXPOSURE, detail)
    return _collar(limits.price_collar, price, alert_price, buying=buying)


def _collar(
    collar: Decimal | None, price: Decimal, alert_price: Decimal | None, *, buying: bool
) -> Breach | None:
    if collar is None or alert_price is None:
        return None
    worse = (price - alert_price) if buying else (alert_price - price)
    percent = HUNDRED * worse / alert_price
    if percent <= collar:
        return None
    detail = f"the quote of {price} is {percent:.2f} % worse than the alert's {alert_price}"
    return Breach(Reason.PRICE_COLLAR, detail)


def gross_exposure(positions: Sequence[BrokerPosition]) -> Decimal:
    """Return the dollars in longs and shorts, added up."""
    return sum((abs(position.market_value or ZERO) for position in positions), ZERO)


def limit_states(
    limits: Limits, account: Account, exposure: Decimal, moved: Decimal = ZERO
) -> tuple[LimitState, ...]:
    """Return the limits that are on, for people to look at; for `moved` see `trips`."""
    loss = max(_lost(account, moved), ZERO)
    stated = (
        ("orders a minute", limits.orders_a_minute, None),
        ("dollars of one order", limits.order_dollars, None),
        ("gross exposure", limits.gross_exposure, exposure),
        ("price collar, percent", limits.price_collar, None),
        ("loss since the previous close", limits.day_loss, loss),
        ("drawdown, percent", limits.drawdown, None),
        ("losing streak", limits.losing_streak, None),
    )
    return tuple(
        LimitState(name=name, most=Decimal(most), used=used)
        for name, most, used in stated
        if most is not None
    )


def trips(
    limits: Limits, account: Account, *, peak: Decimal, losing_streak: int, moved: Decimal = ZERO
) -> list[Trip]:
    """Return the limits that are broken now.

    `moved` is what the owner moved in, less what out, since the previous close: neither gain nor
    loss.
    """
    found = []
    loss = _lost(account, moved)
    if limits.day_loss is not None and loss >= limits.day_loss:
        found.append(Trip("day_loss", f"{loss:.2f} dollars were lost since the previous close"))
    drawdown = HUNDRED * (peak - account.equity) / peak if peak > 0 else ZERO
    if limits.drawdown is not None and drawdown >= limits.drawdown:
        detail = f"the equity is {drawdown:.2f} % below its highest of {peak:.2f}"
        found.append(Trip("drawdown", detail))
    if limits.losing_streak is not None and losing_streak >= limits.losing_streak:
        detail = f"the last {losing_streak} closing orders lost"
        found.append(Trip("losing_streak", detail))
    return found


def _lost(account: Account, moved: Decimal) -> Decimal:
    return account.last_equity + moved - account.equity
