"""The Config tab's cells as rows to trade by.  A bad row never takes the good ones with it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from novalgo_common.events import ConfigProblem, ConfigRow
from novalgo_common.symbols import parse_symbol
from novalgo_common.timeframes import parse_timeframe
from novalgo_sheets.config_cell import LARGEST, CellError, as_text
from novalgo_sheets.config_row import as_row, cell_at
from novalgo_sheets.headers import CONFIRM, Columns, find_columns
from novalgo_sheets.sheet import Cell, Cells

Key: TypeAlias = tuple[str, str]
"""A row's symbol and timeframe, both canonical."""


class Trouble(StrEnum):
    """Why the sheet as a whole cannot be used; also the alarm's code."""

    UNREADABLE = "sheet_unreadable"
    MISSING = "sheet_missing"
    EMPTY = "sheet_empty"
    HEADERS = "sheet_headers"


@dataclass(frozen=True, slots=True)
class Unusable:
    """There is no config in the tab: whatever was valid before stays so."""

    trouble: Trouble
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TabRow:
    """One row of the tab, either a `ConfigRow` or a problem."""

    number: int
    """As the sheet numbers it: the header is row 1."""
    symbol: str
    timeframe: str
    key: Key | None
    """None where symbol or timeframe cannot be read."""
    row: ConfigRow | None = None
    problem: str = ""
    confirmation: str = ""
    """What the owner wrote to confirm an unusual change."""
    notice: str = ""
    """What the owner should know, though the row can be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigTab:
    columns: Columns
    rows: tuple[TabRow, ...]

    def config(self) -> tuple[ConfigRow, ...]:
        """Return the valid rows, by key: sorting the sheet is no change of the config."""
        valid = [row.row for row in self.rows if row.row is not None]
        return tuple(sorted(valid, key=lambda row: (row.symbol, row.timeframe)))

    def problems(self) -> tuple[ConfigProblem, ...]:
        return tuple(
            ConfigProblem(
                row=row.number, symbol=row.symbol, timeframe=row.timeframe, message=row.problem
            )
            for row in self.rows
            if row.problem
        )


def read_config(cells: Cells, cap: Decimal = LARGEST) -> ConfigTab | Unusable:
    """Return the tab's rows, good and bad, or why there are none to be had.

    `cap` is the largest size.  Rows without symbol, size and timeframe are blank, whatever a
    checkbox or a status in them says.
    """
    if not any(as_text(cell) for row in cells for cell in row):
        return Unusable(Trouble.EMPTY, "the Config tab is empty")
    columns = find_columns(cells[0], max(map(len, cells)))
    if isinstance(columns, str):
        return Unusable(Trouble.HEADERS, columns)
    rows = [
        _read_row(number, row, columns, cap)
        for number, row in enumerate(cells[1:], start=2)
        if not _is_blank(row, columns)
    ]
    if not rows:
        return Unusable(Trouble.EMPTY, "the Config tab has no rows under its header")
    return ConfigTab(columns=columns, rows=_without_duplicates(rows))


def _is_blank(row: Sequence[Cell], columns: Columns) -> bool:
    inputs = (columns.symbol, columns.position_size, columns.timeframe)
    return not any(as_text(cell_at(row, column)) for column in inputs)


def _read_row(number: int, row: Sequence[Cell], columns: Columns, cap: Decimal) -> TabRow:
    symbol_text = as_text(cell_at(row, columns.symbol))
    timeframe_text = as_text(cell_at(row, columns.timeframe))
    symbol, timeframe = parse_symbol(symbol_text), parse_timeframe(timeframe_text)
    read = TabRow(
        number=number,
        symbol=symbol_text[:40],
        timeframe=timeframe_text[:40],
        key=(symbol, timeframe) if symbol and timeframe else None,
    )
    if symbol is None:
        return replace(read, problem="symbol is not a US stock's: write one, such as AAPL")
    if timeframe is None:
        return replace(read, problem="Time Frame is not one: write it like 15 Min or 1 Day")
    try:
        good = as_row(symbol, timeframe, row, columns, cap)
    except CellError as error:
        return replace(read, problem=str(error))
    confirm = columns.optional.get(CONFIRM)
    confirmation = "" if confirm is None else as_text(cell_at(row, confirm))
    return replace(read, row=good, confirmation=confirmation)


def _without_duplicates(rows: Sequence[TabRow]) -> tuple[TabRow, ...]:
    """Turn every row whose key another one has into a problem: nobody can say which is meant."""
    counts = Counter(row.key for row in rows if row.key is not None)
    return tuple(
        replace(row, row=None, problem="another row has the same symbol and timeframe: delete one")
        if row.key is not None and counts[row.key] > 1
        else row
        for row in rows
    )
