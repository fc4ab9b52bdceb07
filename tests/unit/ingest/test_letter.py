from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from novalgo_ingest.mail.letter import messages


def test_the_message_is_found_among_other_lines() -> None:
    letter = EmailMessage()
    letter.set_content('AAPL alert\n\n{"action": "buy",\n "x": {}}\n\nView chart')

    first = next(messages(letter.as_bytes()))

    assert first == b'{"action": "buy",\n "x": {}}'


@pytest.mark.parametrize(
    "letter",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"Content-Type: text/plain; charset=made-up\n\nbuy", id="an unknown charset"),
        pytest.param(b"Content-Type: image/png\n\n\x00", id="no text"),
        pytest.param(b"Content-Type: multipart/mixed; boundary=x\n\n--x", id="a broken multipart"),
    ],
)
def test_a_letter_without_a_message_breaks_nothing(letter: bytes) -> None:
    assert all(isinstance(message, bytes) for message in messages(letter))


@given(st.binary(max_size=500))
def test_any_bytes_are_a_letter(letter: bytes) -> None:
    assert all(isinstance(message, bytes) for message in messages(letter))
