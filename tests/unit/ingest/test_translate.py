import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from novalgo_common.events import Action
from novalgo_ingest.alert import Alert, Heartbeat, Outcome, Refusal
from novalgo_ingest.strict_json import Fields, NotStrictJsonError, parse_object
from novalgo_ingest.translate import secret_of, translate
from tests.builders import NOON


def a_body(**changes: object) -> Fields:
    """Return the fields of a BUY; a change to None leaves the field out."""
    fields: Fields = {"action": "BUY", "symbol": "AAPL", "timeframe": "15 Min", "secret": "made-up"}
    return {name: value for name, value in (fields | changes).items() if value is not None}


def an_alert(**changes: object) -> Alert:
    alert = translate(a_body(**changes), NOON)
    assert isinstance(alert, Alert), alert
    return alert


def a_refusal(**changes: object) -> str:
    refusal = translate(a_body(**changes), NOON)
    assert isinstance(refusal, Refusal), refusal
    assert refusal.outcome is Outcome.MALFORMED
    return refusal.error


@pytest.mark.parametrize(
    ("word", "position", "expected"),
    [
        pytest.param("BUY", None, Action.BUY, id="typed by hand"),
        pytest.param("buy", None, Action.BUY, id="as the placeholder writes it"),
        pytest.param(" Long ", None, Action.BUY, id="long, with spaces"),
        pytest.param("sell", None, Action.SELL, id="sell"),
        pytest.param("SHORT", None, Action.SELL, id="short"),
        pytest.param("Sell Short", None, Action.SELL, id="sell short"),
        pytest.param("close", None, Action.CLOSE, id="close"),
        pytest.param("exit", None, Action.CLOSE, id="exit"),
        pytest.param("flat", None, Action.CLOSE, id="flat"),
        pytest.param("LONG_ENTRY", None, Action.BUY, id="an entry by its side"),
        pytest.param("buy-to-open", None, Action.BUY, id="in a broker's words"),
        pytest.param("Enter  Short", None, Action.SELL, id="enter short"),
        pytest.param("sell to open", None, Action.SELL, id="sell to open"),
        pytest.param("Close All", None, Action.CLOSE, id="close all"),
        pytest.param("flatten", None, Action.CLOSE, id="flatten"),
        pytest.param("exit_long", "flat", Action.CLOSE, id="an exit of the side that it had"),
        pytest.param("buy", "long", Action.BUY, id="a buy that ends long"),
        pytest.param("buy", "flat", Action.CLOSE, id="a buy that flattens a short"),
        pytest.param("sell", "flat", Action.CLOSE, id="a sell that flattens a long"),
        pytest.param("sell", "long", Action.BUY, id="a sell of a part leaves it long"),
        pytest.param("sell", "Short", Action.SELL, id="a sell that ends short"),
        pytest.param("buy", "", Action.BUY, id="no position told"),
        pytest.param("CLOSE", "long", Action.CLOSE, id="a close never opens anything"),
    ],
)
def test_an_action_is_the_state_that_it_asks_for(
    word: str, position: str | None, expected: Action
) -> None:
    assert an_alert(action=word, market_position=position).action is expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({"action": None, "side": "sell"}, ("SELL", "AAPL", "15 Min"), id="side"),
        pytest.param({"symbol": None, "ticker": "MSFT"}, ("BUY", "MSFT", "15 Min"), id="ticker"),
        pytest.param(
            {"timeframe": None, "interval": "60"}, ("BUY", "AAPL", "1 Hour"), id="interval"
        ),
        pytest.param(
            {"action": "close", "side": "buy"}, ("CLOSE", "AAPL", "15 Min"), id="own first"
        ),
        pytest.param({"symbol": "NASDAQ:AAPL"}, ("BUY", "AAPL", "15 Min"), id="with its exchange"),
        pytest.param({"symbol": "NAN"}, ("BUY", "NAN", "15 Min"), id="a ticker like no number"),
        pytest.param({"symbol": "TRUE"}, ("BUY", "TRUE", "15 Min"), id="a ticker like a truth"),
        pytest.param({"symbol": "BRK-B"}, ("BUY", "BRK.B", "15 Min"), id="a class share"),
        pytest.param({"timeframe": None, "tf": "M"}, ("BUY", "AAPL", "1 Month"), id="a month"),
        pytest.param({"timeframe": "m"}, ("BUY", "AAPL", "1 Min"), id="a minute"),
        pytest.param({"timeframe": 15}, ("BUY", "AAPL", "15 Min"), id="a number of minutes"),
        pytest.param({"timeframe": "1D"}, ("BUY", "AAPL", "1 Day"), id="a day"),
        pytest.param(
            {"quantity": "10", "else": [{}]}, ("BUY", "AAPL", "15 Min"), id="unknown ones"
        ),
    ],
)
def test_fields_go_by_the_names_that_alerts_use(
    fields: Fields, expected: tuple[str, str, str]
) -> None:
    alert = an_alert(**fields)

    assert (alert.action, alert.symbol, alert.timeframe) == expected


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        pytest.param({"action": None}, "Missing action", id="no action"),
        pytest.param({"symbol": None}, "Missing symbol", id="no symbol"),
        pytest.param({"timeframe": None}, "Missing timeframe", id="no timeframe"),
        pytest.param({"timeframe": ""}, "Missing timeframe", id="an empty timeframe"),
        pytest.param({"action": "HOLD"}, "action: not BUY, SELL or CLOSE", id="another action"),
        pytest.param({"action": ["buy"]}, "action: not a text", id="a list"),
        pytest.param({"action": True}, "action: not a text", id="a truth"),
        pytest.param({"symbol": True}, "symbol: not a text", id="a truth for a ticker"),
        pytest.param(
            {"market_position": "up"},
            "market_position: not long, short or flat",
            id="another position",
        ),
        pytest.param({"symbol": "BTCUSD"}, "symbol: not a US stock symbol", id="a coin"),
        pytest.param({"symbol": "АAPL"}, "symbol: not a US stock symbol", id="a Cyrillic A"),
        pytest.param({"symbol": "aıg"}, "symbol: not a US stock symbol", id="a dotless i"),
        pytest.param({"symbol": "AA\0PL"}, "symbol: not a US stock symbol", id="a NUL"),
        pytest.param({"timeframe": "soon"}, "timeframe: not a chart interval", id="no interval"),
        pytest.param({"timeframe": 0}, "timeframe: not a chart interval", id="zero minutes"),
        pytest.param(
            {"symbol": "{{ticker}}"},
            "symbol: its placeholder was not filled in by TradingView",
            id="a placeholder as it was",
        ),
        pytest.param(
            {"time": "{{timenow}}"},
            "time: its placeholder was not filled in by TradingView",
            id="a time's placeholder as it was",
        ),
        pytest.param({"price": "0"}, "price: not a positive number", id="a price of nothing"),
        pytest.param({"price": -1}, "price: not a positive number", id="a negative price"),
        pytest.param({"price": "NaN"}, "price: not a positive number", id="a price that is none"),
        pytest.param({"price": "1_0"}, "price: not a positive number", id="Python's own digits"),
        pytest.param(
            {"price": Decimal("1e300")}, "price: not a positive number", id="an absurd price"
        ),
        pytest.param({"comment": "a\0"}, "comment: holds a NUL character", id="a NUL in words"),
        pytest.param({"comment": {}}, "comment: not a text", id="an object for words"),
        pytest.param({"id": "x" * 201}, "id: longer than 200 characters", id="an endless id"),
        pytest.param(
            {"unknown": "\ud800"}, "A field: holds half a character", id="half a character"
        ),
        pytest.param(
            {"comment": "\ud800"}, "comment: holds half a character", id="half one in a comment"
        ),
        pytest.param(
            {"action": "close_long"},
            "action: closes one side: say CLOSE, or add market_position",
            id="an exit of one side",
        ),
        pytest.param(
            {"action": "exit short", "market_position": "long"},
            "action: closes one side: say CLOSE, or add market_position",
            id="an exit of one side of a reversal",
        ),
    ],
)
def test_what_is_wrong_is_named_by_its_field(fields: Fields, error: str) -> None:
    assert a_refusal(**fields) == error


@pytest.mark.parametrize(
    "time",
    [
        pytest.param("2026-11-11T17:00:00Z", id="as timenow writes it"),
        pytest.param("2026-11-11T12:00:00-05:00", id="in New York"),
        pytest.param(1794416400, id="seconds"),
        pytest.param("1794416400", id="seconds as text"),
        pytest.param(1794416400000, id="milliseconds"),
        pytest.param(Decimal("1794416400.0"), id="seconds with a point"),
    ],
)
def test_a_time_is_read_as_utc(time: object) -> None:
    assert an_alert(time=time).alert_at == datetime(2026, 11, 11, 17, 0, tzinfo=UTC)
    assert an_alert(timenow=time).alert_at == NOON
    assert an_alert(bar_time=time).bar_at == NOON


@pytest.mark.parametrize(
    "time",
    [
        pytest.param("2026-11-11T17:00:00", id="without a zone"),
        pytest.param("noon", id="a word"),
        pytest.param("1970-01-01T00:00:00Z", id="before there were alerts"),
        pytest.param(10**16 - 1, id="far beyond the calendar"),
        pytest.param(True, id="a truth"),
    ],
)
def test_a_time_that_is_none_is_refused(time: object) -> None:
    assert a_refusal(time=time) == "time: not a time with a zone, nor seconds since 1970"


def test_an_alert_may_be_ahead_of_our_clock_by_five_minutes() -> None:
    ahead = NOON + timedelta(minutes=5)

    assert an_alert(time=ahead.isoformat()).alert_at == ahead
    assert a_refusal(time=(ahead + timedelta(seconds=1)).isoformat()) == "time: lies in the future"


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        pytest.param("190.50", Decimal("190.50"), id="as the placeholder writes it"),
        pytest.param(190, Decimal(190), id="a whole number"),
        pytest.param(Decimal("1.9e2"), Decimal(190), id="with an exponent"),
        pytest.param("", None, id="an empty one"),
    ],
)
def test_a_price_is_exact(price: object, expected: Decimal | None) -> None:
    assert an_alert(price=price).price == expected


def test_a_heartbeat_needs_its_book_alone() -> None:
    assert translate(a_body(action="Heartbeat", time="soon"), NOON) == Heartbeat("AAPL", "15 Min")
    assert a_refusal(action="heartbeat", timeframe=None) == "Missing timeframe"


def test_a_long_comment_is_cut() -> None:
    assert an_alert(comment="x" * 1000).comment == "x" * 200


def test_the_secret_goes_by_the_names_that_alerts_use() -> None:
    for name in ("secret", "passphrase", "token"):
        assert secret_of({name: "made-up"}) == "made-up"
    assert secret_of({"key": "made-up"}) is None


def test_resends_share_a_fingerprint() -> None:
    assert an_alert().fingerprint == an_alert(secret="rotated").fingerprint
    assert an_alert(time="2026-11-11T16:59:59Z", close="1") == an_alert(
        time="2026-11-11T16:59:59Z", close="1"
    )


def test_an_id_or_a_time_tells_alerts_apart_for_ever() -> None:
    at, later = "2026-11-11T16:59:58Z", "2026-11-11T16:59:59Z"

    assert not an_alert().is_unique
    assert an_alert(id=7).is_unique
    assert an_alert(time=at).is_unique
    assert an_alert(time=at).fingerprint == an_alert(time=at, volume=1).fingerprint
    assert an_alert(time=at).fingerprint != an_alert(time=later).fingerprint
    assert an_alert(id="a", time=at).fingerprint == an_alert(id="a", time=later).fingerprint
    assert an_alert(id="a").fingerprint != an_alert(id="a", action="SELL").fingerprint


def test_without_either_any_field_tells_alerts_apart() -> None:
    assert an_alert(volume=1).fingerprint != an_alert(volume=2).fingerprint


@pytest.mark.parametrize(
    ("body", "error"),
    [
        pytest.param(b'{"a": 1, "a": 2}', "A field: is given twice", id="a duplicate key"),
        pytest.param(b'{"id": 1, "id": 1}', "id: is given twice", id="one that we know"),
        pytest.param(b'{"b": {"a": 1, "a": 1}}', "A field: is given twice", id="one further in"),
        pytest.param(b'{"price": NaN}', "price: a number that is not finite", id="NaN"),
        pytest.param(b'{"a": -Infinity}', "A field: a number that is not finite", id="inf"),
        pytest.param(b'{"a": [[1, 1e999]]}', "A field: a number that is not finite", id="1e999"),
        pytest.param(
            b'{"price": ' + b"1" * 5000 + b"}", "price: a number that is too long", id="digits"
        ),
        pytest.param(b"\xef\xbb\xbf{}", "The body is not JSON", id="a byte order mark"),
        pytest.param(b'{"a": "\xff"}', "The body is not UTF-8", id="no UTF-8"),
        pytest.param(b'{"a": "\0"}', "The body is not JSON", id="a bare NUL"),
        pytest.param(b"[" * 60_000, "The body is not JSON", id="nested without end"),
        pytest.param(b"[]", "The body is not a JSON object", id="a list"),
        pytest.param(b"", "The body is not JSON", id="nothing"),
        pytest.param(b"buy AAPL", "The body is not JSON", id="words"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(body: bytes, error: str) -> None:
    with pytest.raises(NotStrictJsonError, match=error):
        parse_object(body)


def test_space_around_the_object_is_nothing() -> None:
    assert parse_object(b' {"a": 1.50}\r\n') == {"a": Decimal("1.50")}


@given(st.binary())
def test_any_bytes_are_an_object_or_refused(body: bytes) -> None:
    with suppress(NotStrictJsonError):
        assert isinstance(parse_object(body), dict)


_TEXTS = st.text(st.characters(codec=None))
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(_TEXTS, inner),
    max_leaves=5,
)
_NAMES = st.sampled_from(
    [
        "action",
        "side",
        "symbol",
        "timeframe",
        "secret",
        "id",
        "time",
        "bar_time",
        "price",
        "comment",
        "market_position",
    ]
)


@given(st.dictionaries(_NAMES, _VALUES))
def test_any_fields_are_an_alert_or_refused(changes: Fields) -> None:
    body = json.dumps(a_body(**changes)).encode()

    try:
        fields = parse_object(body)
    except NotStrictJsonError:
        return
    assert isinstance(translate(fields, NOON), Alert | Heartbeat | Refusal)
