"""The Config tab's header row: which column holds what, in any order and spelling of the owner."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from novalgo_sheets.sheet import Cell

SYMBOL, POSITION_SIZE, ACTIVE, TIMEFRAME = "symbol", "position_size", "active", "Time Frame"
ORDER_STATUS, LAST_UPDATED, REASON = "Order Status", "Last Updated", "Reason"
CONFIRM = "confirm"
SIZING, STOP_DISTANCE, MAX_POSITION = "sizing", "stop_distance", "max_position"
ALLOW_SHORT, SESSION = "allow_short", "session"
SIGNAL_AGE, COOLDOWN = "signal_age", "cooldown"

INPUTS = (SYMBOL, POSITION_SIZE, ACTIVE, TIMEFRAME)
OWNED = (ORDER_STATUS, LAST_UPDATED, REASON)
"""The columns that the service writes, and nobody else."""
OPTIONAL = (SIZING, STOP_DISTANCE, MAX_POSITION, ALLOW_SHORT, SESSION, SIGNAL_AGE, COOLDOWN)
"""Columns that the owner may add."""

_ALIASES = {
    SYMBOL: ("ticker", "stock"),
    POSITION_SIZE: ("size", "position", "amount", "dollars"),
    ACTIVE: ("enabled", "on"),
    TIMEFRAME: ("tf", "interval"),
}
"""What else people call the columns; counts only where the column's own name is missing."""
_SEPARATORS = re.compile(r"[\s_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Column numbers, from 0."""

    symbol: int
    position_size: int
    active: int
    timeframe: int
    optional: Mapping[str, int]
    """Those that are there of `CONFIRM` and `OPTIONAL`, by header."""
    owned: Mapping[str, int]
    """Those that are there of `OWNED`, by header."""
    width: int
    """Columns that hold anything: the first free one."""


def find_columns(header: Sequence[Cell], width: int) -> Columns | str:
    """Return the columns, or one sentence on what the header row lacks and how to mend it."""
    names = [_plain(cell) for cell in header]
    known = {_plain(name): name for name in (*INPUTS, *OWNED, CONFIRM, *OPTIONAL)}
    twice = [known[name] for name, count in Counter(names).items() if name in known and count > 1]
    if twice:
        return (
            f"the Config tab has more than one column named {', '.join(twice)}: "
            "rename all but one in its first row"
        )
    found = {known[name]: column for column, name in enumerate(names) if name in known}
    for name, aliases in _ALIASES.items():
        called = [names.index(alias) for alias in aliases if names.count(alias) == 1]
        if called:
            found.setdefault(name, called[0])
    missing = [name for name in INPUTS if name not in found]
    if missing:
        return f"the Config tab's first row lacks {', '.join(missing)}: write the name back"
    return Columns(
        symbol=found[SYMBOL],
        position_size=found[POSITION_SIZE],
        active=found[ACTIVE],
        timeframe=found[TIMEFRAME],
        optional={name: found[name] for name in (CONFIRM, *OPTIONAL) if name in found},
        owned={name: found[name] for name in OWNED if name in found},
        width=max(width, len(names)),
    )


def _plain(cell: Cell) -> str:
    return _SEPARATORS.sub("", str(cell)).lower()
