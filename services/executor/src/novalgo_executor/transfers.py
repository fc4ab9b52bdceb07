"""Money that the owner moves in or out is neither gain nor loss to a limit.  Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from novalgo_common.exchange_days import day_of, session_before
from novalgo_executor.broker import CashActivity


@dataclass(frozen=True, slots=True)
class Told:
    """An activity that the others were told of."""

    booked_at: datetime
    amount: Decimal
    """Signed dollars: what it added to the cash."""
    is_transfer: bool


def moved_since_close(told: Iterable[Told], now: datetime) -> Decimal:
    """Return what was moved in, less what out, since the close that Alpaca states as the last.

    That is the close of the newest exchange day before today's, as New York counts days.
    """
    close = session_before(day_of(now)).day
    return sum((each.amount for each in told if _is_after(each, close)), Decimal(0))


def peak_moves(activity: CashActivity) -> Decimal:
    """Return the dollars by which the highest equity is another, now that this is known.

    A deposit moves it by itself: the equity that has it in is the highest, until it is cancelled.
    """
    if activity.is_cancelled:
        return -activity.amount
    return min(activity.amount, Decimal(0))


def _is_after(told: Told, close: date) -> bool:
    return told.is_transfer and day_of(told.booked_at) > close
