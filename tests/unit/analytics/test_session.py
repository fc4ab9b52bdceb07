"""Who a cookie lets in, and for how long."""

from datetime import timedelta

import pytest

from novalgo_analytics.page.session import LASTS, Sessions
from novalgo_common.credentials import parse
from tests.builders import NOON

OURS, OTHERS = parse("made-up-key", "ours"), parse("another-key", "others")
SESSIONS = Sessions(b"made-up-secret")


def test_a_cookie_lets_in_who_it_was_made_for() -> None:
    cookie = SESSIONS.cookie(OURS, NOON)

    assert SESSIONS.holder(cookie, [OTHERS, OURS], NOON) is OURS


@pytest.mark.parametrize("after", [LASTS, LASTS + timedelta(days=1)])
def test_a_cookie_ends(after: timedelta) -> None:
    assert SESSIONS.holder(SESSIONS.cookie(OURS, NOON), [OURS], NOON + after) is None


def test_a_cookie_is_worth_nothing_once_its_key_is_revoked() -> None:
    assert SESSIONS.holder(SESSIONS.cookie(OURS, NOON), [OTHERS], NOON) is None


def test_a_cookie_of_another_secret_is_worth_nothing() -> None:
    forged = Sessions(b"guessed").cookie(OURS, NOON)

    assert SESSIONS.holder(forged, [OURS], NOON) is None


def test_a_cookie_cannot_be_made_to_last_longer() -> None:
    ends, _, signature = SESSIONS.cookie(OURS, NOON).partition(".")

    assert SESSIONS.holder(f"{int(ends) + 1}.{signature}", [OURS], NOON) is None


@pytest.mark.parametrize(
    "cookie", ["", ".", "1", "9999999999.", "9999999999.ü", "٩٩٩٩٩٩٩٩٩٩.x", "9" * 5000 + ".x"]
)
def test_what_is_no_cookie_lets_nobody_in(cookie: str) -> None:
    assert SESSIONS.holder(cookie, [OURS], NOON) is None
