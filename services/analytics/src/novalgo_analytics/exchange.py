"""The New York Stock Exchange's days."""

import subprocess
import sys
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from novalgo_analytics.new_york import day_of

YEAR = timedelta(days=366)
CALENDAR = "novalgo_analytics.exchange_calendar"
WITHIN = 60.0
"""Seconds that the calendar gets; it takes two."""


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
    command = [sys.executable, "-m", CALENDAR, str(first), str(last)]
    done = subprocess.run(  # noqa: S603  # our own module
        command, capture_output=True, text=True, timeout=WITHIN, check=True
    )
    return [_session(line) for line in done.stdout.splitlines()]


def _session(line: str) -> Session:
    day, opens, closes = line.split()
    return Session(date.fromisoformat(day), _moment(opens), _moment(closes))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
