"""What a row asks of its own entries."""

from datetime import UTC, datetime, timedelta

import pytest

from novalgo_common.events import Action, Reason
from novalgo_executor.terms import age_limit, broken_term, is_within
from tests.builders import NOON, a_config_row

MINUTE = timedelta(minutes=1)


def test_a_row_without_terms_takes_every_entry() -> None:
    for action in Action:
        assert broken_term(a_config_row(), action, last_entry=NOON, now=NOON) is None


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        pytest.param(Action.SELL, Reason.NOT_SHORTABLE, id="a short"),
        pytest.param(Action.BUY, None, id="a long"),
    ],
)
def test_a_row_can_forbid_shorts(action: Action, reason: Reason | None) -> None:
    broken = broken_term(a_config_row(allow_short=False), action, last_entry=None, now=NOON)

    assert (broken.reason if broken else None) is reason


@pytest.mark.parametrize(
    ("at", "inside"),
    [
        pytest.param("2026-11-11T14:44:59+00:00", False, id="a second early"),
        pytest.param("2026-11-11T14:45:00+00:00", True, id="at its start, in winter"),
        pytest.param("2026-07-01T13:45:00+00:00", True, id="at its start, in summer"),
        pytest.param("2026-07-01T13:44:00+00:00", False, id="a minute early in summer"),
        pytest.param("2026-11-11T20:29:59+00:00", True, id="a second before its end"),
        pytest.param("2026-11-11T20:30:00+00:00", False, id="at its end"),
    ],
)
def test_a_session_follows_new_yorks_clock(at: str, inside: bool) -> None:
    now = datetime.fromisoformat(at).astimezone(UTC)

    broken = broken_term(a_config_row(session="09:45-15:30"), Action.BUY, last_entry=None, now=now)

    assert is_within("09:45-15:30", now) is inside
    assert (broken is None) is inside


@pytest.mark.parametrize(
    ("passed", "declined"), [(9 * MINUTE, True), (10 * MINUTE, False), (11 * MINUTE, False)]
)
def test_a_book_pauses_after_its_last_entry(passed: timedelta, declined: bool) -> None:
    row = a_config_row(cooldown=600)

    broken = broken_term(row, Action.BUY, last_entry=NOON, now=NOON + passed)

    assert (broken is not None) is declined


def test_a_row_shortens_the_age_of_signals_and_never_lengthens_it() -> None:
    general = 5 * MINUTE

    assert age_limit(a_config_row(max_signal_age=60), general) == MINUTE
    assert age_limit(a_config_row(max_signal_age=6000), general) == general
    assert age_limit(a_config_row(), general) == general
    assert age_limit(None, general) == general
