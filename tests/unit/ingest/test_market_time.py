import warnings
from datetime import UTC, date, datetime, timedelta
from typing import Any

import exchange_calendars
import pytest

from novalgo_ingest.silence.market_time import bar_length, market_time, session
from tests.builders import NOON

ONCE = {
    date(2025, 1, 9),  # the funeral of a former president
}
"""Closings by no rule."""


@pytest.fixture(scope="module")
def schedule() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return exchange_calendars.get_calendar(
            "XNYS", start="2022-01-01", end="2027-10-31"
        ).schedule


def test_the_sessions_are_those_of_the_exchanges_calendar(schedule: Any) -> None:
    known = {
        opens.date(): (opens.to_pydatetime(), closes.to_pydatetime())
        for opens, closes in zip(schedule["open"], schedule["close"], strict=True)
    }

    day = date(2022, 1, 1)
    while day <= date(2027, 10, 31):
        if day not in ONCE:
            assert session(day) == known.get(day), day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        pytest.param(NOON, NOON + timedelta(hours=1), timedelta(hours=1), id="within a session"),
        pytest.param(
            NOON, NOON + timedelta(days=1), timedelta(hours=6.5), id="over a night: one session"
        ),
        pytest.param(
            datetime(2026, 11, 13, 21, tzinfo=UTC),
            datetime(2026, 11, 16, 14, 30, tzinfo=UTC),
            timedelta(),
            id="a weekend does not count",
        ),
        pytest.param(
            datetime(2026, 11, 25, 21, tzinfo=UTC),
            datetime(2026, 11, 28, 0, tzinfo=UTC),
            timedelta(hours=3.5),
            id="Thanksgiving, and the short day after it",
        ),
    ],
)
def test_only_open_market_passes(start: datetime, end: datetime, expected: timedelta) -> None:
    assert market_time(start, end) == expected


@pytest.mark.parametrize(
    ("timeframe", "hours"),
    [("15 Min", 0.25), ("4 Hour", 4), ("1 Day", 6.5), ("1 Week", 32.5), ("12 Hour", 6.5)],
)
def test_a_bar_takes_its_market_time(timeframe: str, hours: float) -> None:
    assert bar_length(timeframe) == timedelta(hours=hours)
