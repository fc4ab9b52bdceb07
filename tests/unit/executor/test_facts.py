"""What the stored times mean."""

from datetime import timedelta

from novalgo_executor.facts import time_since
from tests.builders import NOON, SECOND


def test_a_time_that_lies_ahead_is_from_before_the_clock_was_set_back() -> None:
    assert time_since(NOON, NOON + SECOND) == SECOND
    assert time_since(NOON, NOON - 600 * SECOND) == timedelta(minutes=10)
