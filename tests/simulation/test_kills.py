"""Executor is killed at each step of a day in turn, not only at those that chance draws."""

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from novalgo_common.events import Action
from tests.builders import a_config_row, a_signal
from tests.simulation.day import START, Day, Edit, plan
from tests.simulation.world import simulate

CALM = 287
"""A seed in whose weather nothing fails."""
SHARES = 4
"""The tests run side by side: each takes a share of the steps."""


def a_day_with_a_reversal(kill_at: int) -> Day:
    """Return a day of an entry, a reversal and an exit in its first seconds, and one kill."""
    actions = enumerate((Action.BUY, Action.SELL, Action.CLOSE), start=1)
    signals = tuple(
        (
            2.0 * number,
            a_signal(
                action=action,
                sequence=number,
                occurred_at=START + timedelta(seconds=2 * number),
                alert_at=START + timedelta(seconds=2 * number),
                event_id=f"5e1f0c52-0000-4000-8000-00000000000{number}",
            ),
        )
        for number, action in actions
    )
    return replace(
        plan(random.Random(CALM)),  # noqa: S311 - it must repeat, not surprise
        signals=signals,
        symbols=("AAPL",),
        edits=(Edit(0.0, (a_config_row(),)),),
        crashes=frozenset({kill_at}),
    )


NEVER = 0
STEPS = 200
"""As many as the three signals take, and some more."""


def test_without_a_kill_the_day_ends_with_every_signal_filled() -> None:
    outcome = simulate(CALM, a_day_with_a_reversal(NEVER))

    assert outcome.violations == ()
    assert outcome.endings == Counter({"filled": 3})
    assert outcome.counts["orders"] == 4


@pytest.mark.timeout(600)
@pytest.mark.parametrize("share", range(SHARES))
def test_a_kill_at_any_step_breaks_no_promise(share: int) -> None:
    for step in range(1 + share, STEPS, SHARES):
        outcome = simulate(CALM, a_day_with_a_reversal(step))

        assert outcome.violations == (), f"killed at step {step}: {outcome.trace[-20:]}"
        assert outcome.counts["crashes"] == 1
        assert sum(outcome.endings.values()) == 3
