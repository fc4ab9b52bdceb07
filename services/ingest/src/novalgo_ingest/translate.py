"""From the fields of a body to an alert, or to what is wrong with it.  Pure.

What every field may be is told to users in docs/tradingview.md.
"""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256

from novalgo_common.events import Action
from novalgo_common.symbols import parse_symbol
from novalgo_common.timeframes import parse_timeframe
from novalgo_ingest.alert import Alert, Heartbeat, Outcome, Refusal, Source
from novalgo_ingest.moments import parse_moment
from novalgo_ingest.names import ALIASES
from novalgo_ingest.redact import as_it_came, struck
from novalgo_ingest.strict_json import Fields, NotStrictJsonError, canonical

ACTIONS = {
    "buy": Action.BUY,
    "long": Action.BUY,
    "enter_long": Action.BUY,
    "entry_long": Action.BUY,
    "long_entry": Action.BUY,
    "open_long": Action.BUY,
    "go_long": Action.BUY,
    "buy_to_open": Action.BUY,
    "sell": Action.SELL,
    "short": Action.SELL,
    "enter_short": Action.SELL,
    "entry_short": Action.SELL,
    "short_entry": Action.SELL,
    "open_short": Action.SELL,
    "go_short": Action.SELL,
    "sell_short": Action.SELL,
    "sell_to_open": Action.SELL,
    "close": Action.CLOSE,
    "exit": Action.CLOSE,
    "flat": Action.CLOSE,
    "flatten": Action.CLOSE,
    "close_all": Action.CLOSE,
    "exit_all": Action.CLOSE,
    "close_position": Action.CLOSE,
    "exit_position": Action.CLOSE,
}
ONE_SIDED = frozenset(
    {
        "close_long",
        "closelong",
        "exit_long",
        "long_exit",
        "close_buy",
        "sell_to_close",
        "close_short",
        "closeshort",
        "exit_short",
        "short_exit",
        "close_sell",
        "buy_to_close",
        "cover",
        "buy_to_cover",
    }
)
"""Exits of one side alone.  Taken for a CLOSE, one that comes after its reversal would close the
new position, so such a word needs a position that says flat."""
POSITIONS = {"long": Action.BUY, "short": Action.SELL, "flat": Action.CLOSE}

HEARTBEAT = "heartbeat"
"""Not a state to be in: it tells that the chart is alive."""

CLOCK_SKEW = timedelta(minutes=5)
LONGEST_COMMENT = 200
LONGEST_ID = 200

_PRICE = re.compile(r"^[0-9]{1,12}(\.[0-9]{0,30})?$", re.ASCII)


def secret_of(fields: Fields) -> object:
    """Return what the body presents as its secret, of whatever type, or None."""
    return _given(fields, "secret")


def translate(
    fields: Fields, now: datetime, source: Source | None = None
) -> Alert | Heartbeat | Refusal:
    """Return the alert or heartbeat, or the first thing that is wrong, named by its field."""
    try:
        if _word(fields) == HEARTBEAT:
            return Heartbeat(_symbol(fields), _timeframe(fields))
        return _translate(fields, now, source)
    except (_WrongFieldError, NotStrictJsonError) as error:
        return Refusal(Outcome.MALFORMED, str(error))


class _WrongFieldError(ValueError):
    pass


def _translate(fields: Fields, now: datetime, source: Source | None) -> Alert:
    told = {k: v for k, v in fields.items() if k not in ALIASES["secret"]}
    message = as_it_came(told, secret_of(fields))
    action = _action(fields)
    symbol, timeframe = _symbol(fields), _timeframe(fields)
    alert_at = _alert_at(fields, now)
    identity = _identity(fields, alert_at)
    return Alert(
        action=action,
        symbol=symbol,
        timeframe=timeframe,
        alert_at=alert_at,
        bar_at=_moment(fields, "bar_time"),
        price=_price(fields),
        comment=_comment(fields),
        fingerprint=(
            _hash(identity, action, symbol, timeframe) if identity else _hash_body(canonical(told))
        ),
        is_unique=identity is not None,
        source=source,
        message=message,
    )


def _symbol(fields: Fields) -> str:
    symbol = parse_symbol(_text(fields, "symbol"))
    if symbol is None:
        raise _WrongFieldError("symbol: not a US stock symbol")
    return symbol


def _timeframe(fields: Fields) -> str:
    timeframe = parse_timeframe(_text(fields, "timeframe"))
    if timeframe is None:
        raise _WrongFieldError("timeframe: not a chart interval")
    return timeframe


def _word(fields: Fields) -> str:
    return _as_word(_text(fields, "action"))


@lru_cache(maxsize=256)
def _as_word(text: str) -> str:
    return re.sub(r"[\s-]+", "_", text.strip().lower())


def _action(fields: Fields) -> Action:
    word = _word(fields)
    target = _target(fields)
    if word in ONE_SIDED:
        if target is not Action.CLOSE:
            raise _WrongFieldError("action: closes one side: say CLOSE, or add market_position")
        return target
    action = ACTIONS.get(word)
    if action is None:
        raise _WrongFieldError("action: not BUY, SELL or CLOSE")
    # A strategy's `buy` may open a long, add to one or flatten a short: its position tells.
    # What says CLOSE never opens anything.
    return action if action is Action.CLOSE or target is None else target


def _target(fields: Fields) -> Action | None:
    position = _given(fields, "market_position")
    if position is None:
        return None
    target = POSITIONS.get(_as_text("market_position", position).strip().lower())
    if target is None:
        raise _WrongFieldError("market_position: not long, short or flat")
    return target


def _alert_at(fields: Fields, now: datetime) -> datetime | None:
    moment = _moment(fields, "time")
    if moment is not None and moment > now + CLOCK_SKEW:
        raise _WrongFieldError("time: lies in the future")
    return moment


def _moment(fields: Fields, name: str) -> datetime | None:
    value = _given(fields, name)
    if value is None:
        return None
    _refuse_placeholder(name, value)
    moment = parse_moment(value)
    if moment is None:
        raise _WrongFieldError(f"{name}: not a time with a zone, nor seconds since 1970")
    return moment


def _price(fields: Fields) -> Decimal | None:
    value = _given(fields, "price")
    if value is None:
        return None
    text = format(value, "f") if isinstance(value, Decimal) else _as_text("price", value).strip()
    if not _PRICE.match(text) or not Decimal(text):
        raise _WrongFieldError("price: not a positive number")
    return Decimal(text)


def _comment(fields: Fields) -> str | None:
    value = _given(fields, "comment")
    if value is None:
        return None
    text = _as_text("comment", value)
    if "\0" in text:
        raise _WrongFieldError("comment: holds a NUL character")
    return struck(text, secret_of(fields))[:LONGEST_COMMENT]


def _identity(fields: Fields, alert_at: datetime | None) -> str | None:
    own = _given(fields, "id")
    if own is not None:
        text = _as_text("id", own)
        if len(text) > LONGEST_ID:
            raise _WrongFieldError(f"id: longer than {LONGEST_ID} characters")
        return f"id {text}"
    return f"time {alert_at.isoformat()}" if alert_at is not None else None


def _hash(identity: str, action: Action, symbol: str, timeframe: str) -> str:
    return sha256("\n".join((identity, action, symbol, timeframe)).encode()).hexdigest()


def _hash_body(body: bytes) -> str:
    return sha256(b"body\n" + body).hexdigest()


def _text(fields: Fields, name: str) -> str:
    value = _given(fields, name)
    if value is None:
        raise _WrongFieldError(f"Missing {name}")
    return _as_text(name, value)


def _as_text(name: str, value: object) -> str:
    """Return a text or a whole number as text: `"15"` and `15` are one timeframe."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _WrongFieldError(f"{name}: not a text")
    _refuse_placeholder(name, value)
    return str(value)


def _refuse_placeholder(name: str, value: object) -> None:
    if isinstance(value, str) and "{{" in value:
        raise _WrongFieldError(f"{name}: its placeholder was not filled in by TradingView")


def _given(fields: Fields, name: str) -> object:
    """Return the field's value under the first of its names; null and an empty text are none."""
    for alias in ALIASES.get(name, (name,)):
        value = fields.get(alias)
        if value is not None and value != "":
            return value
    return None
