"""What lies between two moments, however much went before."""

from datetime import UTC, datetime, timedelta

import pytest

from novalgo_simulator.broker.span import between

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
MINUTES = [NOON + timedelta(minutes=minute) for minute in (0, 1, 1, 2, 3)]


@pytest.mark.parametrize(
    ("after", "until", "expected"),
    [
        pytest.param(None, None, MINUTES, id="no bounds"),
        pytest.param(MINUTES[1], None, MINUTES[3:], id="after, exclusive of all of that moment"),
        pytest.param(None, MINUTES[3], MINUTES[:3], id="until, exclusive"),
        pytest.param(MINUTES[0], MINUTES[4], MINUTES[1:4], id="between two"),
        pytest.param(MINUTES[4], MINUTES[0], [], id="the wrong way round"),
    ],
)
def test_both_bounds_are_exclusive(
    after: datetime | None, until: datetime | None, expected: list[datetime]
) -> None:
    assert list(between(MINUTES, lambda moment: moment, after, until)) == expected
