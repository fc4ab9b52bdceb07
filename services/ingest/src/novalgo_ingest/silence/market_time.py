"""Time as the New York Stock Exchange counts it: only its regular sessions pass.  Pure."""

from datetime import datetime, timedelta

from novalgo_common.exchange_days import day_of, sessions

SESSION = timedelta(hours=6, minutes=30)
LONGEST_LOOK = timedelta(days=400)

_SESSIONS = {"Day": 1, "Week": 5, "Month": 21}
_LENGTHS = {"Sec": timedelta(seconds=1), "Min": timedelta(minutes=1), "Hour": timedelta(hours=1)}


def market_time(start: datetime, end: datetime) -> timedelta:
    """Return how much of a regular session passed between two moments; at most 400 days count."""
    start = max(start, end - LONGEST_LOOK)
    days = sessions(day_of(start), day_of(end))
    passed = (max(min(end, day.closes) - max(start, day.opens), timedelta()) for day in days)
    return sum(passed, timedelta())


def bar_length(timeframe: str) -> timedelta:
    """Return how much market time a bar of a canonical timeframe takes."""
    count, unit = timeframe.split(" ")
    if unit in _SESSIONS:
        return int(count) * _SESSIONS[unit] * SESSION
    return min(int(count) * _LENGTHS[unit], SESSION)
