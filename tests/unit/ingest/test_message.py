import pytest

from novalgo_common.errors import SettingsError
from novalgo_ingest.alert import Alert
from novalgo_ingest.message import read_message
from novalgo_ingest.settings import Settings
from novalgo_ingest.strict_json import NotStrictJsonError
from novalgo_ingest.text_pattern import TextPattern
from novalgo_ingest.translate import translate
from tests.builders import NOON

PATTERN = TextPattern("{action} {symbol} @ {price} {timeframe} {secret}")
FILLED = TextPattern(
    "{} ({secret}, {timeframe}): order {action} @ {} filled on {symbol}. "
    "New strategy position is {}"
)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        pytest.param(PATTERN, "BUY AAPL @ 190.5 15 made-up", ("BUY", "AAPL"), id="typed out"),
        pytest.param(
            PATTERN, "sell\r\n NASDAQ:NAN  @ 3 1h made-up\n", ("SELL", "NAN"), id="any white space"
        ),
        pytest.param(
            FILLED,
            "Supertrend (made-up, 15): order buy @ 10 filled on BRK.B. New strategy position is 10",
            ("BUY", "BRK.B"),
            id="what TradingView itself proposes",
        ),
    ],
)
def test_a_text_is_read_by_the_owners_pattern(
    pattern: TextPattern, text: str, expected: tuple[str, str]
) -> None:
    fields = read_message(text.encode(), pattern)

    alert = translate(fields, NOON)

    assert isinstance(alert, Alert)
    assert (alert.action, alert.symbol) == expected
    assert fields["secret"] == "made-up"


def test_texts_that_differ_in_what_has_no_name_are_two_alerts() -> None:
    text = "S (made-up, 15): order buy @ {} filled on AAPL. New strategy position is 10"

    one, two = (read_message(text.format(number).encode(), FILLED) for number in (1, 2))

    first, second = translate(one, NOON), translate(two, NOON)
    assert isinstance(first, Alert)
    assert isinstance(second, Alert)
    assert first.fingerprint != second.fingerprint


@pytest.mark.parametrize(
    ("body", "error"),
    [
        pytest.param(
            b"AAPL crossed 190", "neither JSON nor as NOVALGO_TEXT_PATTERN says", id="words"
        ),
        pytest.param(b"\xff", "The body is not UTF-8", id="no UTF-8"),
        pytest.param(b' {"action": BUY}', "The body is not JSON", id="broken JSON is no text"),
    ],
)
def test_a_body_that_has_no_shape_is_refused(body: bytes, error: str) -> None:
    with pytest.raises(NotStrictJsonError, match=error):
        read_message(body, PATTERN)


def test_json_is_read_beside_a_pattern_and_its_names_in_capitals() -> None:
    assert read_message(b'{"ACTION": "buy", "Low": 1}', PATTERN) == {"action": "buy", "Low": 1}
    with pytest.raises(NotStrictJsonError, match="in small letters and in capitals"):
        read_message(b'{"ACTION": "buy", "action": "sell"}', None)


@pytest.mark.parametrize(
    ("pattern", "error"),
    [
        pytest.param("{action} {symbol} {timeframe}", "{secret} is missing", id="no secret"),
        pytest.param(
            "{action}{symbol} {timeframe} {secret}", "need a text between", id="nothing between"
        ),
        pytest.param(
            "{action} {action} {symbol} {timeframe} {secret}", "is there twice", id="twice"
        ),
        pytest.param("{side} {symbol}", "{side} is none of action", id="an unknown field"),
    ],
)
def test_a_pattern_that_cannot_be_one_stops_the_start(pattern: str, error: str) -> None:
    with pytest.raises(SettingsError, match=error):
        Settings.from_env({"NOVALGO_TEXT_PATTERN": pattern})
