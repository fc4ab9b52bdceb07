"""The New York Stock Exchange's days, holidays left out and half days short.  Pure.

The holidays are computed by their rules (nyse.com, "Holidays and Trading Hours"): a calendar
library would cost every service that asks 77 MB and a second.  A test holds them against one, from
2012 on.  What the exchange closes for once (a funeral, a storm) stands here by its date.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

NEW_YORK = ZoneInfo("America/New_York")
OPEN, CLOSE, EARLY_CLOSE = time(9, 30), time(16), time(13)

_DAY = timedelta(days=1)
_LONGEST_CLOSING = timedelta(days=12)
_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6
_JUNETEENTH_SINCE = 2022
_CLOSED_ONCE = {
    date(2012, 10, 29),  # a storm, two days
    date(2012, 10, 30),
    date(2018, 12, 5),  # funerals of former presidents
    date(2025, 1, 9),
}


@dataclass(frozen=True, slots=True)
class Session:
    """One day of the exchange."""

    day: date
    opens: datetime
    closes: datetime


def day_of(at: datetime) -> date:
    """Return the day that a moment belongs to in New York: the exchange's, wherever one lives."""
    return at.astimezone(NEW_YORK).date()


def midnight(day: date) -> datetime:
    """Return when a day begins in New York."""
    return datetime.combine(day, time.min, NEW_YORK)


def sessions(first: date, last: date) -> Sequence[Session]:
    """Return the exchange's days from `first` to `last`, oldest first."""
    days = (first + number * _DAY for number in range((last - first).days + 1))
    return [found for found in map(session, days) if found is not None]


def last_session(at: datetime) -> Session:
    """Return the newest day of the exchange that has closed by then."""
    today = day_of(at)
    return [each for each in sessions(today - _LONGEST_CLOSING, today) if each.closes <= at][-1]


def session_before(day: date) -> Session:
    """Return the newest session of an earlier day."""
    return sessions(day - _LONGEST_CLOSING, day - _DAY)[-1]


@cache
def session(day: date) -> Session | None:
    """Return the session of a day; None where there is none."""
    if day.weekday() >= _SATURDAY or day in _CLOSED_ONCE or day in _holidays(day.year):
        return None
    close = EARLY_CLOSE if day in _short_days(day.year) else CLOSE
    return Session(day, _moment(day, OPEN), _moment(day, close))


def _moment(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, NEW_YORK).astimezone(UTC)


@cache
def _holidays(year: int) -> frozenset[date]:
    fixed = [date(year, 7, 4), date(year, 12, 25)]
    if year >= _JUNETEENTH_SINCE:
        fixed.append(date(year, 6, 19))
    moved = [
        _weekday(year, 1, _MONDAY, 3),  # Martin Luther King
        _weekday(year, 2, _MONDAY, 3),  # Washington
        _easter(year) - 2 * _DAY,  # Good Friday
        _weekday(year, 6, _MONDAY, 1) - 7 * _DAY,  # Memorial: the last Monday of May
        _weekday(year, 9, _MONDAY, 1),  # Labor
        _weekday(year, 11, _THURSDAY, 4),  # Thanksgiving
    ]
    # A New Year's Day on a Saturday is not made up for in the old year.
    new_year = date(year, 1, 1)
    new = [new_year + _DAY] if new_year.weekday() == _SUNDAY else [new_year]
    return frozenset([*moved, *new, *map(_observed, fixed)])


@cache
def _short_days(year: int) -> frozenset[date]:
    days = [
        date(year, 7, 3),
        _weekday(year, 11, _THURSDAY, 4) + _DAY,
        date(year, 12, 24),
    ]
    return frozenset(days) - _holidays(year)


def _observed(day: date) -> date:
    if day.weekday() == _SATURDAY:
        return day - _DAY
    return day + _DAY if day.weekday() == _SUNDAY else day


def _weekday(year: int, month: int, weekday: int, number: int) -> date:
    """Return the `number`th such weekday of a month."""
    first = date(year, month, 1)
    return first + ((weekday - first.weekday()) % 7 + 7 * (number - 1)) * _DAY


def _easter(year: int) -> date:
    """Return Easter Sunday (the anonymous Gregorian computus)."""
    century, in_century = divmod(year, 100)
    golden = year % 19
    leap_centuries, rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - leap_centuries - correction + 15) % 30
    leap_years, left = divmod(in_century, 4)
    sunday = (32 + 2 * rest + 2 * leap_years - moon - left) % 7
    late = (golden + 11 * moon + 22 * sunday) // 451
    month, day = divmod(moon + sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)
