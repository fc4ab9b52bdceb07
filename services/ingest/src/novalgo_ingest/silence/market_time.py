"""Time as the New York Stock Exchange counts it: only its regular sessions pass.  Pure.

The holidays are computed by their rules (nyse.com, "Holidays and Trading Hours"), as a calendar
library would cost ingest 100 MB; a test holds them against one.  Days that the exchange closes for
once (a funeral, a storm) count as open here.
"""

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

NEW_YORK = ZoneInfo("America/New_York")
OPEN, CLOSE, EARLY_CLOSE = time(9, 30), time(16), time(13)
SESSION = timedelta(hours=6, minutes=30)
LONGEST_LOOK = timedelta(days=400)

_DAY = timedelta(days=1)
_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6
_SESSIONS = {"Day": 1, "Week": 5, "Month": 21}
_LENGTHS = {"Sec": timedelta(seconds=1), "Min": timedelta(minutes=1), "Hour": timedelta(hours=1)}


def market_time(start: datetime, end: datetime) -> timedelta:
    """Return how much of a regular session passed between two moments; at most 400 days count."""
    start = max(start, end - LONGEST_LOOK)
    day, last = start.astimezone(NEW_YORK).date(), end.astimezone(NEW_YORK).date()
    passed = timedelta()
    while day <= last:
        hours = session(day)
        if hours is not None:
            passed += max(min(end, hours[1]) - max(start, hours[0]), timedelta())
        day += _DAY
    return passed


def bar_length(timeframe: str) -> timedelta:
    """Return how much market time a bar of a canonical timeframe takes."""
    count, unit = timeframe.split(" ")
    if unit in _SESSIONS:
        return int(count) * _SESSIONS[unit] * SESSION
    return min(int(count) * _LENGTHS[unit], SESSION)


@cache
def session(day: date) -> tuple[datetime, datetime] | None:
    """Return a day's open and close; None where there is no session."""
    if day.weekday() >= _SATURDAY or day in _holidays(day.year):
        return None
    close = EARLY_CLOSE if day in _short_days(day.year) else CLOSE
    return datetime.combine(day, OPEN, NEW_YORK), datetime.combine(day, close, NEW_YORK)


@cache
def _holidays(year: int) -> frozenset[date]:
    new_year = date(year, 1, 1)
    fixed = [date(year, 6, 19), date(year, 7, 4), date(year, 12, 25)]
    moved = [
        _weekday(year, 1, _MONDAY, 3),  # Martin Luther King
        _weekday(year, 2, _MONDAY, 3),  # Washington
        _easter(year) - 2 * _DAY,  # Good Friday
        _weekday(year, 6, _MONDAY, 1) - 7 * _DAY,  # Memorial: the last Monday of May
        _weekday(year, 9, _MONDAY, 1),  # Labor
        _weekday(year, 11, _THURSDAY, 4),  # Thanksgiving
    ]
    # A New Year's Day on a Saturday is not made up for in the old year.
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
