from datetime import timedelta
from uuid import UUID

from novalgo_analytics.stages import Stages
from tests.builders import (
    NOON,
    SECOND,
    SIGNAL_ID,
    a_fill,
    a_signal,
    a_signal_ended,
    an_account_snapshot,
)


def stages_with_a_signal(remembered: int = 10) -> Stages:
    stages = Stages(remembered)
    stages.reached(a_signal(event_id=SIGNAL_ID))
    return stages


def test_a_stage_is_measured_from_the_signals_storage() -> None:
    stages = stages_with_a_signal()

    reached = stages.reached(a_signal_ended(occurred_at=NOON + 2 * SECOND))

    assert reached == ("ended", 2 * SECOND)


def test_the_storage_is_measured_from_the_alert() -> None:
    signal = a_signal(alert_at=NOON - 3 * SECOND, occurred_at=NOON)

    assert Stages().reached(signal) == ("stored", 3 * SECOND)


def test_an_alert_without_a_time_measures_no_storage() -> None:
    assert Stages().reached(a_signal(alert_at=None)) is None


def test_only_the_first_of_several_fills_is_a_stage() -> None:
    stages = stages_with_a_signal()
    first = stages.reached(a_fill(occurred_at=NOON + SECOND))

    again = stages.reached(a_fill(occurred_at=NOON + 5 * SECOND))

    assert (first, again) == (("filled", SECOND), None)


def test_a_signal_whose_beginning_was_not_seen_is_not_measured() -> None:
    assert Stages().reached(a_signal_ended()) is None


def test_what_is_no_stage_measures_nothing() -> None:
    assert stages_with_a_signal().reached(an_account_snapshot()) is None


def test_the_oldest_signal_is_forgotten_first() -> None:
    stages = stages_with_a_signal(remembered=1)
    newer = UUID(int=2)
    stages.reached(a_signal(event_id=newer))

    forgotten = stages.reached(a_signal_ended())
    known = stages.reached(a_signal_ended(correlation_id=newer, occurred_at=NOON))

    assert (forgotten, known) == (None, ("ended", timedelta()))
