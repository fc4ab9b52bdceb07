"""Which reports are due: of the last day after its close, and of the week after its last.  Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from novalgo_analytics.reports.period import Period, of_day, of_week
from novalgo_common.exchange_days import Session

AFTER_CLOSE = timedelta(minutes=15)
"""For the last fills and the broker's statement after them."""


@dataclass(frozen=True, slots=True)
class Due:
    name: str
    """The same for the same report, whenever it is asked."""
    period: Period


def due(sessions: Sequence[Session], now: datetime) -> list[Due]:
    """Return the newest report of a day, and of a week, whose time has come.

    The sessions are those around `now`, oldest first, with the one after it.
    """
    over = [each for each in sessions if each.closes + AFTER_CLOSE <= now]
    ends = [
        each
        for each, following in pairwise(sessions)
        if following.day.isocalendar()[:2] != each.day.isocalendar()[:2] and each in over
    ]
    daily = [Due(f"{each.day}-daily", of_day(each.day)) for each in over[-1:]]
    weekly = [Due(f"{each.day}-weekly", of_week(each.day)) for each in ends[-1:]]
    return daily + weekly
