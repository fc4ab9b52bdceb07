"""One row of the Config tab, cells to a `ConfigRow`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from novalgo_common.events import ConfigRow, Sizing
from novalgo_sheets import headers
from novalgo_sheets.config_cell import (
    CellError,
    as_cents,
    as_number,
    as_session,
    as_sizing,
    as_span,
    as_switch,
    as_text,
)
from novalgo_sheets.headers import Columns
from novalgo_sheets.sheet import Cell

SMALLEST_STOP = Decimal("0.05")
"""Dollars a share.  `2%` in a cell arrives as 0.02, which would make an enormous position."""
SMALLEST_SHARES = Decimal("0.000001")
SMALLEST_PERCENT = Decimal("0.1")
"""For the same reason: `5%` arrives as 0.05."""
_DAY = timedelta(days=1)


def cell_at(row: Sequence[Cell], column: int) -> Cell:
    """Return a cell; rows end at their last one that is not blank."""
    return row[column] if column < len(row) else ""


def as_row(
    symbol: str, timeframe: str, cells: Sequence[Cell], columns: Columns, cap: Decimal
) -> ConfigRow:
    """Return the row; raise `CellError` for the first cell that cannot be used.

    `cap` is the most dollars that a size may name.
    """
    optional = {
        name: cell_at(cells, column)
        for name, column in columns.optional.items()
        if as_text(cell_at(cells, column))
    }
    sizing = as_sizing(optional.get(headers.SIZING, ""))
    return ConfigRow(
        symbol=symbol,
        timeframe=timeframe,
        position_size=_size(cell_at(cells, columns.position_size), sizing, cap),
        active=as_switch(headers.ACTIVE, cell_at(cells, columns.active)) or False,
        sizing=None if sizing is Sizing.DOLLARS else sizing,
        stop_distance=_stop(optional, sizing),
        **{
            field: read(optional[name]) for name, (field, read) in _READ.items() if name in optional
        },
    )


def _size(cell: Cell, sizing: Sizing, cap: Decimal) -> Decimal:
    name = headers.POSITION_SIZE
    if sizing is Sizing.SHARES:
        shares = as_number(name, cell, most=cap)
        if shares < SMALLEST_SHARES:
            raise CellError("position_size is less than a millionth of a share: write more")
        return shares
    if sizing is not Sizing.PERCENT:
        return as_cents(name, cell, most=cap)
    percent = as_number(name, cell, most=Decimal(100))
    if percent < SMALLEST_PERCENT:
        raise CellError("position_size is less than 0.1 percent: write 5 for five percent, not 5%")
    return percent


def _stop(optional: Mapping[str, Cell], sizing: Sizing) -> Decimal | None:
    if headers.STOP_DISTANCE not in optional:
        if sizing is Sizing.RISK:
            raise CellError("sizing risk needs stop_distance: write dollars a share, such as 2.50")
        return None
    stop = as_number(headers.STOP_DISTANCE, optional[headers.STOP_DISTANCE])
    if stop < SMALLEST_STOP:
        raise CellError("stop_distance is dollars a share, at least 0.05: write 2.50, not 2%")
    return stop


_READ: Mapping[str, tuple[str, Callable[[Cell], Any]]] = {
    headers.MAX_POSITION: ("max_position", lambda cell: as_cents(headers.MAX_POSITION, cell)),
    headers.ALLOW_SHORT: ("allow_short", lambda cell: as_switch(headers.ALLOW_SHORT, cell)),
    headers.SESSION: ("session", as_session),
    headers.SIGNAL_AGE: (
        "max_signal_age",
        lambda cell: as_span(headers.SIGNAL_AGE, cell, timedelta(seconds=1), _DAY),
    ),
    headers.COOLDOWN: (
        "cooldown",
        lambda cell: as_span(headers.COOLDOWN, cell, timedelta(minutes=1), 30 * _DAY),
    ),
}
