"""Reads alerts that are plain text, by the owner's pattern.  Pure.

A pattern is the text of the alert with its fields in braces, such as
`{action} {symbol} @ {price} {timeframe} {secret}`.  A field reaches up to the text that follows it
in the pattern, so that reading takes one pass whatever a stranger sends.
"""

import re
from collections.abc import Sequence

from novalgo_ingest.strict_json import Fields

FIELDS = (
    "action",
    "symbol",
    "timeframe",
    "secret",
    "time",
    "bar_time",
    "price",
    "comment",
    "id",
    "market_position",
)
NEEDED = FIELDS[:4]

_FIELD = re.compile(r"\{([^{}]*)\}")


class TextPattern:
    """A pattern.  Raises `ValueError`, with a clause that says why, where it cannot be one."""

    def __init__(self, pattern: str) -> None:
        parts = _FIELD.split(_one_spaced(pattern))
        self._begins, self._names, self._follows = parts[0], parts[1::2], parts[2::2]
        _check(self._names, self._follows)

    def read(self, text: str) -> Fields | None:
        """Return the fields of a text that has this shape, else None; any white space is one."""
        rest = _one_spaced(text)
        if not rest.startswith(self._begins):
            return None
        rest = rest.removeprefix(self._begins)
        fields: Fields = {}
        last = len(self._names) - 1
        for number, (name, follows) in enumerate(zip(self._names, self._follows, strict=True)):
            at = _end_of(rest, follows, is_last=number == last)
            if at < 0:
                return None
            fields[name or f"unnamed {number}"] = rest[:at].strip()
            rest = rest[at + len(follows) :]
        return fields


def _end_of(rest: str, follows: str, *, is_last: bool) -> int:
    if not is_last:
        return rest.find(follows)
    return len(rest) - len(follows) if rest.endswith(follows) else -1


def _check(names: Sequence[str], follows: Sequence[str]) -> None:
    unknown = [name for name in names if name and name not in FIELDS]
    if unknown:
        raise ValueError(f"{{{unknown[0]}}} is none of {', '.join(FIELDS)}")
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise ValueError(f"{{{missing[0]}}} is missing")
    named = [name for name in names if name]
    if len(set(named)) != len(named):
        raise ValueError("a field is there twice")
    if "" in follows[:-1]:
        raise ValueError("two fields need a text between them")


def _one_spaced(text: str) -> str:
    return " ".join(text.split())
