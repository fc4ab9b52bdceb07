from datetime import datetime, timedelta

from novalgo_ingest.silence.judge import allowed_silence, has_gone_quiet, is_too_frequent
from tests.builders import NOON, SECOND

HOUR = timedelta(hours=1)


def every(gap: timedelta, count: int) -> list[datetime]:
    """Return the times of alerts, the newest at noon."""
    return [NOON - gap * number for number in reversed(range(count))]


def test_a_cadence_is_known_after_five_gaps() -> None:
    assert allowed_silence(every(timedelta(minutes=10), 5), "15 Min") is None
    assert allowed_silence(every(timedelta(minutes=20), 6), "15 Min") == HOUR


def test_the_longest_gap_counts_and_a_night_is_none() -> None:
    irregular = [NOON - 26 * HOUR, *every(timedelta(minutes=10), 6)]

    assert allowed_silence(irregular, "15 Min") == 3 * timedelta(hours=7, minutes=40)


def test_a_row_may_be_quiet_for_two_bars_and_half_an_hour_at_the_least() -> None:
    assert allowed_silence(every(SECOND, 9), "1 Min") == timedelta(minutes=30)
    assert allowed_silence(every(SECOND, 9), "1 Hour") == 2 * HOUR


def test_quiet_is_what_lasts_longer_while_the_market_is_open() -> None:
    assert not has_gone_quiet(NOON, HOUR, NOON + HOUR)
    assert has_gone_quiet(NOON, HOUR, NOON + HOUR + SECOND)
    assert not has_gone_quiet(NOON, 4 * HOUR, NOON + 20 * HOUR)


def test_more_than_fifteen_in_three_minutes_are_too_many_for_tradingview() -> None:
    assert not is_too_frequent(every(10 * SECOND, 15))
    assert is_too_frequent(every(10 * SECOND, 16))
    assert not is_too_frequent(every(20 * SECOND, 16))
