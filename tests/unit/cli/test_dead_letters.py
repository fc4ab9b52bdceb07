"""How `novalgo deadletters` names and shows what could not be handled."""

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from novalgo_cli.dead_letters import chosen, show, what
from novalgo_common.errors import UnavailableError


def a_listed_letter(**changes: Any) -> dict[str, Any]:
    return {
        "letter_id": "9f86d081884c7d65",
        "queue": "executor.signals.3",
        "error": "no such account",
        "died_at": "2026-11-11T17:00:00Z",
        "message": "signal.received.v1",
        "action": "BUY",
        "symbol": "AAPL",
        "timeframe": "15 Min",
    } | changes


def shown(*letters: dict[str, Any]) -> str:
    console = Console(file=StringIO(), width=140)
    show(letters, console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_a_letter_is_listed_with_what_it_was_and_why_it_died() -> None:
    text = shown(a_listed_letter())

    for part in ("9f86d081884c7d65", "11-11 09:00:00", "executor.signals.3", "no such account"):
        assert part in text
    assert "signal.received.v1 BUY AAPL 15 Min" in text


def test_nothing_dead_is_said_so() -> None:
    assert "every message was handled" in shown()


def test_what_is_no_event_has_a_name_too() -> None:
    nothing = dict.fromkeys(("message", "action", "symbol", "timeframe"))

    assert what(a_listed_letter(**nothing)) == "no event"


def test_a_letter_is_chosen_by_its_first_digits_if_they_are_enough() -> None:
    letters = [a_listed_letter(), a_listed_letter(letter_id="9f00000000000000")]

    assert chosen(letters, "9f86") == letters[0]
    assert chosen([letters[0], letters[0]], "9f86") == letters[0]


@pytest.mark.parametrize("name", ["9f", "0000"])
def test_a_name_that_fits_several_letters_or_none_is_refused(name: str) -> None:
    letters = [a_listed_letter(), a_listed_letter(letter_id="9f00000000000000")]

    with pytest.raises(UnavailableError, match="deadletters list"):
        chosen(letters, name)
