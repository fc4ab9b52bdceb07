"""A request's body to the fields of one JSON object, refusing whatever could be read in two ways.

Standard JSON readers differ on duplicate keys, NaN and broken characters, and an error inside the
reader would make TradingView send the same body four times (facts A3, A9).  Pure.
"""

import json
import math
from collections.abc import Sequence
from decimal import Decimal
from typing import TypeAlias

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
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_decimal,
            parse_int=_integer,
        )
    except NotStrictJsonError:
        raise
    except (ValueError, RecursionError):
        raise NotStrictJsonError("The body is not JSON") from None
    if not isinstance(value, dict):
        raise NotStrictJsonError("The body is not a JSON object")
    return value


def canonical(fields: Fields) -> bytes:
    """Return the same bytes for the same fields, whatever their order and spacing were.

    Raises `NotStrictJsonError` where a text holds half a character (a lone surrogate).
    """
    try:
        return json.dumps(
            fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str
        ).encode("utf-8")
    except UnicodeEncodeError:
        raise NotStrictJsonError("The body holds a broken character") from None
    except RecursionError:
        raise NotStrictJsonError("The body is nested too deeply") from None


def _object(pairs: Sequence[tuple[str, object]]) -> Fields:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise NotStrictJsonError("A field is given twice")
    return fields


def _constant(_name: str) -> object:
    raise NotStrictJsonError("The body holds a number that is not finite")


def _decimal(text: str) -> Decimal:
    if len(text) > _LONGEST_NUMBER:
        raise NotStrictJsonError("The body holds a number that is too long")
    if not math.isfinite(float(text)):
        raise NotStrictJsonError("The body holds a number that is not finite")
    return Decimal(text)


def _integer(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise NotStrictJsonError("The body holds a number that is too long")
    return int(text)
