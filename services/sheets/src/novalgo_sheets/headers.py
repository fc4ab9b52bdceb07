"""The Config tab's header row: which column holds what, in any order and spelling of the owner."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from novalgo_sheets.sheet import Cell

ORDER_STATUS, LAST_UPDATED, REASON = "Order Status", "Last Updated", "Reason"
_INPUTS = ("symbol", "position_size", "active", "Time Frame")
_OWNED = (ORDER_STATUS, LAST_UPDATED, REASON)
_SEPARATORS = re.compile(r"[\s_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Column numbers, from 0."""

    symbol: int
    position_size: int
    active: int
    timeframe: int
    owned: tuple[tuple[str, int], ...]
    """The columns that the service writes, by their header; some may not be there yet."""


def find_columns(header: Sequence[Cell], width: int) -> Columns | str:
    """Return the columns, or one sentence on what the header row lacks.

    Columns of ours that are missing get the first free ones behind `width`, the widest row.
    """
    names = [_plain(cell) for cell in header]
    known = {_plain(name): name for name in (*_INPUTS, *_OWNED)}
    twice = [known[name] for name, count in Counter(names).items() if name in known and count > 1]
    if twice:
        return f"the Config tab has more than one column named {', '.join(twice)}"
    missing = [name for name in _INPUTS if _plain(name) not in names]
    if missing:
        return f"the Config tab's first row lacks {', '.join(missing)}"
    symbol, position_size, active, timeframe = (names.index(_plain(name)) for name in _INPUTS)
    return Columns(
        symbol=symbol,
        position_size=position_size,
        active=active,
        timeframe=timeframe,
        owned=_owned(names, max(width, len(names))),
    )


def _owned(names: Sequence[str], width: int) -> tuple[tuple[str, int], ...]:
    found = []
    for name in _OWNED:
        if _plain(name) in names:
            found.append((name, names.index(_plain(name))))
        else:
            found.append((name, width))
            width += 1
    return tuple(found)


def _plain(cell: Cell) -> str:
    return _SEPARATORS.sub("", str(cell)).lower()
