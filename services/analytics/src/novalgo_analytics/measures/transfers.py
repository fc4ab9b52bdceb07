"""Money that is moved in and out is no return: which day's equity has it in.  Pure."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import takewhile

from novalgo_analytics.facts import AccountDay, CashLine
from novalgo_common.exchange_days import day_of


def with_transfers(days: Sequence[AccountDay], transfers: Iterable[CashLine]) -> list[AccountDay]:
    """Return the days, each with what was moved since the one before.

    What was booked on a day without a statement is first seen in the next one's equity; what came
    before the first day is in its opening.
    """
    dates, found = [each.day for each in days], list(days)
    for transfer in transfers:
        day = day_of(transfer.at)
        number = bisect_left(dates, day)
        if number < len(found) and day >= dates[0]:
            found[number] = _moved(found[number], transfer.amount)
    return found


def grown(days: Sequence[AccountDay]) -> Decimal:
    """Return the dollars that the equity grew by from before the first day to the last.

    What was moved in and out is left out.  There is at least one day.
    """
    return days[-1].equity - days[0].opening - _together(days)


def moved_since(days: Sequence[AccountDay], last_equity: Decimal) -> Decimal:
    """Return what was moved since the close that the broker states as the last: in, less out."""
    return _together(takewhile(lambda each: each.opening == last_equity, reversed(days)))


def highest_close(days: Sequence[AccountDay], today: date) -> Decimal | None:
    """Return the highest equity of any day before today, less what was moved out since."""
    highest: Decimal | None = None
    for each in days:
        if highest is not None:
            highest += each.moved
        if each.day < today:
            highest = each.equity if highest is None else max(highest, each.equity)
    return highest


def _together(days: Iterable[AccountDay]) -> Decimal:
    return sum((each.moved for each in days), Decimal(0))


def _moved(day: AccountDay, amount: Decimal) -> AccountDay:
    if amount > 0:
        return replace(day, moved_in=day.moved_in + amount)
    return replace(day, moved_out=day.moved_out - amount)
