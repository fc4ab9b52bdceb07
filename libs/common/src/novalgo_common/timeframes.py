"""Chart intervals.  `15`, `15m`, `15 Min` and `15 minutes` are one timeframe: `15 Min`.

TradingView's `{{interval}}` is the Pine resolution string: minutes as a bare number, `30S`, `1D`,
`1W`, `1M`.  Only there does the case of one letter matter: `M` is a month and `m` a minute.
"""

import re
from datetime import timedelta
from functools import lru_cache
from typing import Annotated

from pydantic import StringConstraints

PATTERN = r"^[1-9][0-9]{0,3} (Sec|Min|Hour|Day|Week|Month)$"

Timeframe = Annotated[str, StringConstraints(pattern=PATTERN)]
"""A timeframe in its one canonical form, such as `15 Min`, `1 Hour` or `1 Day`."""

_SHAPE = re.compile(r"^([0-9]{1,4})?\s*([A-Za-z]+)?$")
_UNITS = {
    "Sec": ("s", "sec", "secs", "second", "seconds"),
    "Min": ("", "min", "mins", "minute", "minutes"),
    "Hour": ("h", "hr", "hrs", "hour", "hours"),
    "Day": ("d", "day", "days"),
    "Week": ("w", "week", "weeks", "wk"),
    "Month": ("month", "months", "mo"),
}
_UNIT_BY_WORD = {word: unit for unit, words in _UNITS.items() for word in words}
_LENGTHS = {
    "Sec": timedelta(seconds=1),
    "Min": timedelta(minutes=1),
    "Hour": timedelta(hours=1),
    "Day": timedelta(days=1),
    "Week": timedelta(weeks=1),
    "Month": timedelta(days=30),
}


@lru_cache(maxsize=1024)
def parse_timeframe(text: str) -> str | None:
    """Return the canonical timeframe, or None where the text is not certainly one."""
    shape = _SHAPE.match(text.strip()) if text.isascii() else None
    if shape is None or not any(shape.groups()):
        return None
    count, word = int(shape[1] or 1), shape[2] or ""
    unit = {"M": "Month", "m": "Min"}.get(word) or _UNIT_BY_WORD.get(word.lower())
    if unit is None or count == 0:
        return None
    if unit == "Min" and count % 60 == 0:
        unit, count = "Hour", count // 60
    return f"{count} {unit}"


def length(timeframe: str) -> timedelta:
    """Return how long one bar of a canonical timeframe lasts (a month counts 30 days)."""
    count, unit = timeframe.split(" ")
    return int(count) * _LENGTHS[unit]
