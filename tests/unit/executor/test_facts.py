"""What the stored times mean."""

from datetime import timedelta

import pytest

from novalgo_executor.facts import begins_to_miss, time_since
from tests.builders import NOON, SECOND
from tests.unit.executor.builders import an_order


def test_a_time_that_lies_ahead_is_from_before_the_clock_was_set_back() -> None:
    assert time_since(NOON, NOON + SECOND) == SECOND
    assert time_since(NOON, NOON - 600 * SECOND) == timedelta(minutes=10)


@pytest.mark.parametrize(
    ("since", "begins"),
    [
        pytest.param(None, True, id="the first denial"),
        pytest.param(NOON - SECOND, False, id="a later one"),
        pytest.param(NOON + SECOND, True, id="one after the clock was set back"),
    ],
)
def test_an_order_is_missed_from_the_first_denial_on(since: object, begins: bool) -> None:
    order = an_order(missing_since=since)

    assert begins_to_miss(order, NOON) is begins
