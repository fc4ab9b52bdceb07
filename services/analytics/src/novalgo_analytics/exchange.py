"""The New York Stock Exchange's days, by exchange_calendars: the only place that imports it."""

import warnings
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from novalgo_analytics.new_york import day_of

YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Session:
    """One day of the exchange."""

    day: date
    opens: datetime
    closes: datetime


def sessions(first: date, last: date) -> Sequence[Session]:
    """Return the exchange's days from `first` to `last`, holidays left out, half days short."""
    every = _schedule(first.year, last.year)
    days = [session.day for session in every]
    return every[bisect_left(days, first) : bisect_left(days, last + timedelta(days=1))]


def last_session(at: datetime) -> Session:
    """Return the newest day of the exchange that has closed by then."""
    today = day_of(at)
    closed = [each for each in sessions(today - YEAR / 12, today) if each.closes <= at]
    return closed[-1]


@lru_cache(maxsize=8)
def _schedule(first: int, last: int) -> Sequence[Session]:
    # The library takes a second to import, and knows only the year to come unless it is told.
    import exchange_calendars  # noqa: PLC0415

    with warnings.catch_warnings():
        # exchange_calendars 4.13 uses what pandas 3.1 means to change in its version 4.
        warnings.simplefilter("ignore", DeprecationWarning)
        calendar: Any = exchange_calendars.get_calendar(
            "XNYS", start=f"{first - 1}-12-01", end=f"{last + 1}-01-31"
        )
    return [
        Session(day.date(), _moment(opens), _moment(closes))
        for day, opens, closes in zip(
            calendar.schedule.index,
            calendar.schedule["open"],
            calendar.schedule["close"],
            strict=True,
        )
    ]


def _moment(stamp: Any) -> datetime:
    found: datetime = stamp.to_pydatetime().astimezone(UTC)
    return found
