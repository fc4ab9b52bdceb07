"""Bodies that no chart would send, and some that one would."""

import json
from collections.abc import Mapping

from hypothesis import strategies as st

from novalgo_ingest.names import ALIASES, NAMES
from novalgo_ingest.translate import ACTIONS, HEARTBEAT, ONE_SIDED
from tests.fuzzed_ingest import CANARY

_TEXTS = st.text(st.characters(codec=None), max_size=40)
_ODD = st.sampled_from(
    ["{{ticker}}", "NaN", "Infinity", "\0", "\ud800", "1e999", "-0", "9" * 400, "[" * 400, "\u202e"]
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXTS | _ODD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=6,
)
_SENSIBLE = {
    "action": st.sampled_from([*ACTIONS, *ONE_SIDED, HEARTBEAT]),
    "symbol": st.sampled_from(["AAPL", "NASDAQ:AAPL", "BRK-B", "NAN", "TRUE", "BTCUSD"]),
    "timeframe": st.sampled_from(["15", "15m", "1D", "M", "m", 60, "soon"]),
    "secret": st.sampled_from([CANARY, CANARY, CANARY, "guess", None, [CANARY]]),
    "time": st.sampled_from(["2026-11-11T16:59:58Z", 1794416398000, "noon", "2036-01-01T00:00Z"]),
    "market_position": st.sampled_from(["long", "short", "flat", "up"]),
    "price": st.sampled_from(["190.5", 190.5, "-1", "NaN", 0]),
}


@st.composite
def _objects(draw: st.DrawFn) -> Mapping[str, object]:
    fields: dict[str, object] = {"action": "buy", "symbol": "AAPL", "timeframe": "15"}
    fields["secret"] = CANARY
    for name in sorted(draw(st.sets(st.sampled_from(sorted(_SENSIBLE)), max_size=3))):
        called = draw(st.sampled_from(ALIASES.get(name, (name,))))
        fields[called] = draw(_SENSIBLE[name])
    if draw(st.booleans()):
        return fields
    fields |= draw(st.dictionaries(st.sampled_from(sorted(NAMES)) | _TEXTS, _VALUES, max_size=3))
    return fields


@st.composite
def _mangled(draw: st.DrawFn) -> bytes:
    """Return JSON of which a part was cut out, doubled or overwritten."""
    body = json.dumps(draw(_objects())).encode("utf-8", "surrogatepass")
    start = draw(st.integers(0, len(body)))
    end = draw(st.integers(start, len(body)))
    middle = draw(st.binary(max_size=8) | st.just(body[start:end] * 2))
    return body[:start] + middle + body[end:]


BODIES = (
    _objects().map(lambda fields: json.dumps(fields).encode("utf-8", "surrogatepass"))
    | _mangled()
    | st.binary(max_size=200)
)
HEADERS = st.dictionaries(
    st.sampled_from(
        ["Content-Type", "X-Forwarded-For", "Forwarded", "Accept", "Expect", "X-API-Key"]
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60).map(str.strip),
    max_size=3,
)
QUERIES = st.dictionaries(
    st.sampled_from(["limit", "before", "symbol", "timeframe", "ending", "since", "format"]),
    st.text(st.characters(codec="utf-8"), max_size=30),
    max_size=3,
)
