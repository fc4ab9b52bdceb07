import json
from pathlib import Path

import pytest

from novalgo_common.dead_letters import DeadLetter, FileDeadLetters
from tests.builders import NOON

pytestmark = pytest.mark.anyio


def a_letter(body: bytes = b'{"a":1}') -> DeadLetter:
    return DeadLetter("analytics.journal", body, "no such account", NOON)


async def test_letters_are_read_as_they_were_added(tmp_path: Path) -> None:
    letters = FileDeadLetters(tmp_path / "bus" / "dead.jsonl")
    added = [a_letter(), a_letter(b"\xff\xfe"), a_letter("one\ntwo\u2028three".encode())]

    for letter in added:
        await letters.add(letter)

    assert FileDeadLetters(letters.path).read() == added


async def test_a_letter_is_one_line_that_people_can_read(tmp_path: Path) -> None:
    letters = FileDeadLetters(tmp_path / "dead.jsonl")

    await letters.add(a_letter())

    [line] = letters.path.read_text().splitlines()
    assert json.loads(line) == {
        "queue": "analytics.journal",
        "body": '{"a":1}',
        "error": "no such account",
        "died_at": "2026-11-11T17:00:00+00:00",
    }


async def test_letters_are_their_owner_s_alone(tmp_path: Path) -> None:
    letters = FileDeadLetters(tmp_path / "dead.jsonl")

    await letters.add(a_letter())

    assert letters.path.stat().st_mode & 0o077 == 0


def test_there_are_no_letters_before_the_first(tmp_path: Path) -> None:
    assert FileDeadLetters(tmp_path / "dead.jsonl").read() == []


async def test_a_removed_letter_is_gone_once_and_the_others_stay(tmp_path: Path) -> None:
    letters = FileDeadLetters(tmp_path / "dead.jsonl")
    for body in (b"one", b"two", b"one"):
        await letters.add(a_letter(body))

    await letters.remove(a_letter(b"one"))

    assert [letter.body for letter in await letters.oldest()] == [b"two", b"one"]
    assert letters.count() == 2
    assert letters.path.stat().st_mode & 0o077 == 0


async def test_a_damaged_line_hides_no_other_letter(tmp_path: Path) -> None:
    letters = FileDeadLetters(tmp_path / "dead.jsonl")
    letters.path.write_text('{"queue": "sheets.upd\n')
    await letters.add(a_letter())

    [damaged, whole] = await letters.oldest()

    assert damaged.error == "this line of the file is damaged"
    assert whole == a_letter()
