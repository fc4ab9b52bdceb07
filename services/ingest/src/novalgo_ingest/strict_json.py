"""A request's body to the fields of one JSON object, refusing whatever could be read in two ways.

Standard JSON readers differ on duplicate keys, NaN and broken characters, and an error inside the
reader would make TradingView send the same body four times (facts A3, A9).  Pure.
"""

import json
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from novalgo_ingest.names import broken, named

Fields: TypeAlias = dict[str, object]

_LONGEST_NUMBER = 40


class NotStrictJsonError(ValueError):
    """The body is no such object.  Its text says why and holds nothing of the body."""


def parse_object(body: bytes) -> Fields:
    """Return the object; numbers with a point or an exponent become Decimals.

    Raises `NotStrictJsonError`, and nothing else, for any other bytes.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise NotStrictJsonError("The body is not UTF-8") from None
    try:
        value = _DECODER.decode(text)
    except NotStrictJsonError:
        raise
    except (ValueError, RecursionError):
        raise NotStrictJsonError("The body is not JSON") from None
    if not isinstance(value, dict):
        raise NotStrictJsonError("The body is not a JSON object")
    return value


def canonical(fields: Fields) -> bytes:
    """Return the same bytes for the same fields, whatever their order and spacing were.

    Raises `NotStrictJsonError` for fields that are no whole text, nor few enough levels.
    """
    with whole(fields):
        return _CANONICAL.encode(fields).encode("utf-8")


@contextmanager
def whole(fields: Fields) -> Iterator[None]:
    """Turn what writing the fields may fail with into `NotStrictJsonError`: a text that holds half
    a character (a lone surrogate), and too many levels.
    """
    try:
        yield
    except UnicodeEncodeError:
        name = broken(fields) or "A field"
        raise NotStrictJsonError(f"{name}: holds half a character") from None
    except RecursionError:
        raise NotStrictJsonError("The body is nested too deeply") from None


@dataclass(frozen=True, slots=True)
class _Wrong:
    """A value that may not be, until the field that has it is known."""

    what: str


_NOT_FINITE = _Wrong("a number that is not finite")
_TOO_LONG = _Wrong("a number that is too long")


def _object(pairs: Sequence[tuple[str, object]]) -> Fields:
    fields: Fields = {}
    for name, value in pairs:
        if name in fields:
            raise NotStrictJsonError(f"{named(name)}: is given twice")
        if (wrong := _wrong_in(value)) is not None:
            raise NotStrictJsonError(f"{named(name)}: {wrong.what}")
        fields[name] = value
    return fields


def _wrong_in(value: object) -> _Wrong | None:
    """Return what is wrong in a value, or in a list of any depth; objects have been asked."""
    lists = [value]
    while lists:
        inner = lists.pop()
        if isinstance(inner, _Wrong):
            return inner
        if isinstance(inner, list):
            lists.extend(inner)
    return None


def _constant(_name: str) -> object:
    return _NOT_FINITE


def _decimal(text: str) -> object:
    if len(text) > _LONGEST_NUMBER:
        return _TOO_LONG
    return Decimal(text) if math.isfinite(float(text)) else _NOT_FINITE


def _integer(text: str) -> object:
    return int(text) if len(text) <= _LONGEST_NUMBER else _TOO_LONG


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_constant=_constant,
    parse_float=_decimal,
    parse_int=_integer,
)
_CANONICAL = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str
)
