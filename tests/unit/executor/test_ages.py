"""How old a signal is, whatever the machine's clock does."""

from datetime import datetime, timedelta

import pytest

from novalgo_executor.ages import Ages
from tests.builders import NOON, SECOND, SIGNAL_ID
from tests.unit.executor.builders import an_order


class Machine:
    """A wall clock that can be set, and seconds that only run on."""

    def __init__(self) -> None:
        self.wall = NOON
        self.seconds = 0.0

    def pass_by(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.seconds += seconds


@pytest.mark.parametrize("hours", [-1, 1], ids=["back", "ahead"])
def test_a_step_of_the_clock_changes_no_age(hours: int) -> None:
    machine = Machine()
    ages = Ages(lambda: machine.wall, lambda: machine.seconds)
    assert ages.of(SIGNAL_ID, NOON - SECOND) == SECOND

    machine.pass_by(20)
    machine.wall += timedelta(hours=hours)

    assert ages.of(SIGNAL_ID, NOON - SECOND) == 21 * SECOND


def test_nothing_is_younger_than_new_to_a_clock_that_was_set_back() -> None:
    machine = Machine()
    ages = Ages(lambda: machine.wall, lambda: machine.seconds)
    assert ages.of(SIGNAL_ID, NOON + 600 * SECOND) == timedelta()


def test_a_step_of_the_clock_makes_no_denial_longer() -> None:
    machine = Machine()
    ages = Ages(lambda: machine.wall, lambda: machine.seconds)
    denied = an_order(missing_since=NOON)
    assert ages.of_denial(an_order()) == timedelta()
    assert ages.of_denial(denied) == timedelta()

    machine.pass_by(3)
    machine.wall += timedelta(minutes=10)

    assert ages.of_denial(denied) == 3 * SECOND


@pytest.mark.parametrize(
    ("fired", "later"),
    [
        pytest.param("2026-03-08T01:59:30-05:00", "2026-03-08T03:00:30-04:00", id="spring"),
        pytest.param("2026-11-01T01:59:30-04:00", "2026-11-01T01:00:30-05:00", id="autumn"),
        pytest.param("2028-02-29T23:59:30-05:00", "2028-03-01T00:00:30-05:00", id="leap day"),
    ],
)
def test_an_age_is_true_over_a_change_of_the_calendar(fired: str, later: str) -> None:
    ages = Ages(lambda: datetime.fromisoformat(later), lambda: 0.0)

    assert ages.of(SIGNAL_ID, datetime.fromisoformat(fired)) == timedelta(minutes=1)


def test_an_age_can_begin_anew() -> None:
    machine = Machine()
    ages = Ages(lambda: machine.wall, lambda: machine.seconds)
    ages.of(SIGNAL_ID, NOON)
    machine.pass_by(600)

    assert ages.of(SIGNAL_ID, machine.wall - SECOND) == SECOND
