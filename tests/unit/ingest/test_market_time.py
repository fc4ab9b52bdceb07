from datetime import UTC, datetime, timedelta

import pytest

from novalgo_ingest.silence.market_time import bar_length, market_time
from tests.builders import NOON


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
