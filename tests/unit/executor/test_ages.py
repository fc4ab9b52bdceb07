"""How old a signal is, whatever the machine's clock does."""

from datetime import timedelta

import pytest

from novalgo_executor.ages import Ages
from tests.builders import NOON, SECOND, SIGNAL_ID


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


def test_an_age_can_begin_anew() -> None:
    machine = Machine()
    ages = Ages(lambda: machine.wall, lambda: machine.seconds)
    ages.of(SIGNAL_ID, NOON)
    machine.pass_by(600)

    assert ages.of(SIGNAL_ID, machine.wall - SECOND) == SECOND
