"""What lies in a queue today must be readable tomorrow: samples are added, never edited."""

import json
from pathlib import Path
from typing import Any

import pytest

from novalgo_common.errors import PermanentError
from novalgo_common.events import EVENTS, FillRecorded, type_of
from novalgo_common.wire import decode, encode

SAMPLES = Path(__file__).parent / "samples"
FILL = "fill.recorded.v1"


def _sample(event_type: str) -> bytes:
    return (SAMPLES / f"{event_type}.json").read_bytes().removesuffix(b"\n")


def _altered(event_type: str, **changes: object) -> bytes:
    fields: dict[str, Any] = json.loads(_sample(event_type))
    return json.dumps(fields | changes).encode()


def test_every_event_has_a_sample() -> None:
    assert {path.stem for path in SAMPLES.iterdir()} == {type_of(event) for event in EVENTS}


@pytest.mark.parametrize("path", sorted(SAMPLES.iterdir()), ids=lambda path: path.stem)
def test_a_sample_is_read_and_written_byte_for_byte(path: Path) -> None:
    body = _sample(path.stem)

    event = decode(body)

    assert event.type == path.stem
    assert encode(event) == body


@pytest.mark.parametrize("event_type", [type_of(event) for event in EVENTS])
def test_an_unknown_field_is_ignored(event_type: str) -> None:
    assert encode(decode(_altered(event_type, added_later="by v1.1"))) == _sample(event_type)


def test_an_amount_keeps_all_its_digits() -> None:
    fill = decode(_altered(FILL, quantity="0.000000001", price="1234567890.10"))

    assert isinstance(fill, FillRecorded)
    assert json.loads(encode(fill))["quantity"] == "0.000000001"
    assert json.loads(encode(fill))["price"] == "1234567890.10"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"price": 187.125}, id="an amount that is a float"),
        pytest.param({"price": "NaN"}, id="an amount that is not a number"),
        pytest.param({"price": "Infinity"}, id="an amount without end"),
        pytest.param({"price": "0"}, id="a fill for nothing"),
        pytest.param({"occurred_at": "2026-11-11T17:00:00"}, id="a time without its zone"),
        pytest.param({"event_id": "one"}, id="an id that is no UUID"),
        pytest.param({"side": "hold"}, id="an unknown word"),
        pytest.param({"symbol": "NASDAQ:AAPL"}, id="a symbol that is not canonical"),
        pytest.param({"type": "fill.recorded.v9"}, id="an unknown version"),
    ],
)
def test_what_breaks_the_contract_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(PermanentError):
        decode(_altered(FILL, **changes))


def test_a_refusal_does_not_repeat_what_was_sent() -> None:
    with pytest.raises(PermanentError) as refused:
        decode(_altered(FILL, symbol="made-up-secret"))

    assert "made-up-secret" not in str(refused.value)
