"""Whether a chart has gone quiet.  Pure: time is passed in.

Everything is counted in market time, so that a night, a weekend and a holiday are no silence.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from novalgo_ingest.silence.market_time import bar_length, market_time

LEARNS_FROM = 5
"""Gaps that a row must have shown before its cadence counts as known."""
LOOKS_AT = 20
PATIENCE = 3
"""How many of its longest gaps a row may be quiet."""
SHORTEST = timedelta(minutes=30)
FIRES, WITHIN = 15, timedelta(minutes=3)
"""TradingView stops an alert that fires more often than this (facts A5)."""


def allowed_silence(seen: Sequence[datetime], timeframe: str) -> timedelta | None:
    """Return how long the row may be quiet by its own cadence; None while that is not known.

    `seen` are the times of its alerts and heartbeats, oldest first.
    """
    gaps = [market_time(one, other) for one, other in pairwise(seen[-LOOKS_AT - 1 :])]
    if len(gaps) < LEARNS_FROM:
        return None
    return max(PATIENCE * max(gaps), 2 * bar_length(timeframe), SHORTEST)


def has_gone_quiet(since: datetime, allowed: timedelta, now: datetime) -> bool:
    return market_time(since, now) > allowed


def is_too_frequent(seen: Sequence[datetime]) -> bool:
    """Return whether TradingView has most likely stopped the alert for firing too often."""
    return len(seen) > FIRES and seen[-1] - seen[-1 - FIRES] <= WITHIN
