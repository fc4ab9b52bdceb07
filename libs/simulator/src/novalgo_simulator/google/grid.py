"""One tab: rows of cells on a grid of a given size, and what requests do to them."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from novalgo_simulator.google.cells import Value
from novalgo_simulator.google.dress import PLAIN, Dress
from novalgo_simulator.google.ranges import Area, RangeError

Dimension = Literal["ROWS", "COLUMNS"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """The cells as the CSV file holds them.  Rows may be shorter than the grid, never longer."""

    title: str
    cells: tuple[tuple[str, ...], ...] = field(default=())
    rows: int = 1000
    columns: int = 26
    dress: Dress = PLAIN
    number: int | None = None
    """Its id, where it was given one or has been renamed."""

    @property
    def sheet_id(self) -> int:
        """Google's number of the tab; here made from its title, and so the same every time."""
        return self.number or zlib.crc32(self.title.encode()) & 0x7FFFFFFF

    def renamed(self, title: str) -> "Tab":
        """Return the tab under another title, with the id that it had."""
        return replace(self, title=title, number=self.sheet_id)

    def holding(self, cells: Sequence[Sequence[str]]) -> "Tab":
        """Return the tab with this content, its grid grown to hold it."""
        return replace(
            self,
            cells=tuple(tuple(row) for row in cells),
            rows=max(self.rows, len(cells)),
            columns=max(self.columns, max(map(len, cells), default=0)),
        )


def read(tab: Tab, area: Area) -> list[list[str]]:
    """Return the cells, without the blanks at the end of rows and of the area."""
    grid = area.within(tab.rows, tab.columns)
    rows = [
        _without_blanks(row[grid.first_column : grid.end_column])
        for row in tab.cells[grid.first_row : grid.end_row]
    ]
    while rows and not rows[-1]:
        rows.pop()
    return rows


def write(
    tab: Tab, area: Area, values: Sequence[Sequence[Value | None]], entered: Callable[[Value], str]
) -> Tab:
    """Return the tab with the values written; None leaves a cell as it is."""
    _refuse_outside(tab, area, values)
    cells = [list(row) for row in tab.cells]
    for row, line in enumerate(values, start=area.first_row):
        cells.extend([] for _ in range(row + 1 - len(cells)))
        for column, value in enumerate(line, start=area.first_column):
            cells[row].extend("" for _ in range(column + 1 - len(cells[row])))
            if value is not None:
                cells[row][column] = entered(value)
    return tab.holding(cells)


def clear(tab: Tab, area: Area) -> Tab:
    """Return the tab with the area's cells emptied."""
    grid = area.within(tab.rows, tab.columns)
    cells = [list(row) for row in tab.cells]
    for row in cells[grid.first_row : grid.end_row]:
        for column in range(grid.first_column, min(grid.end_column or 0, len(row))):
            row[column] = ""
    return tab.holding(cells)


def insert(tab: Tab, dimension: Dimension, start: int, end: int) -> Tab:
    """Return the tab with blank rows or columns inserted before `start`."""
    tab = replace(tab, dress=tab.dress.moved(dimension, start, end, inserted=True))
    if dimension == "ROWS":
        blank: list[tuple[str, ...]] = [()] * (end - start) if start < len(tab.cells) else []
        cells = [*tab.cells[:start], *blank, *tab.cells[start:]]
        return replace(tab, rows=tab.rows + end - start).holding(cells)
    gap = ("",) * (end - start)
    wider = [(*row[:start], *gap, *row[start:]) if start < len(row) else row for row in tab.cells]
    return replace(tab, columns=tab.columns + end - start).holding(wider)


def delete(tab: Tab, dimension: Dimension, start: int, end: int) -> Tab:
    """Return the tab without these rows or columns."""
    tab = replace(tab, dress=tab.dress.moved(dimension, start, end, inserted=False))
    if dimension == "ROWS":
        cells = [*tab.cells[:start], *tab.cells[end:]]
        return replace(tab, rows=tab.rows - (end - start)).holding(cells)
    narrower = [(*row[:start], *row[end:]) for row in tab.cells]
    return replace(tab, columns=tab.columns - (end - start), cells=()).holding(narrower)


def move(tab: Tab, dimension: Dimension, start: int, end: int, to: int) -> Tab:
    """Return the tab with these rows or columns moved to before `to`, as it was numbered before."""
    count = end - start
    size = max(to, end, max(map(len, tab.cells), default=0))
    order = [each for each in range(size) if not start <= each < end]
    at = to if to <= start else to - count
    order[at:at] = range(start, end)
    if dimension == "ROWS":
        rows = [*tab.cells, *[()] * (max(to, end) - len(tab.cells))]
        return tab.holding([rows[each] for each in order if each < len(rows)])
    cells = [[row[each] if each < len(row) else "" for each in order] for row in tab.cells]
    named = {
        name: replace(each, where=_after_move(each.where, order))
        for name, each in tab.dress.named.items()
    }
    return replace(tab, dress=replace(tab.dress, named=named)).holding(cells)


def _after_move(where: dict[str, int], order: Sequence[int]) -> dict[str, int]:
    column = where.get("startColumnIndex", 0)
    now = order.index(column) if column in order else column
    width = where.get("endColumnIndex", column + 1) - column
    return {**where, "startColumnIndex": now, "endColumnIndex": now + width}


def append(tab: Tab, dimension: Dimension, length: int) -> Tab:
    """Return the tab with a grid longer by so many rows or columns."""
    if dimension == "ROWS":
        return replace(tab, rows=tab.rows + length)
    return replace(tab, columns=tab.columns + length)


def resize(tab: Tab, rows: int, columns: int) -> Tab:
    """Return the tab with a grid of this size; what lies outside is lost, as at Google."""
    cells = tuple(row[:columns] for row in tab.cells[:rows])
    return replace(tab, cells=cells, rows=rows, columns=columns)


def _without_blanks(row: Sequence[str]) -> list[str]:
    end = len(row)
    while end and not row[end - 1]:
        end -= 1
    return list(row[:end])


def _refuse_outside(tab: Tab, area: Area, values: Sequence[Sequence[object]]) -> None:
    grid = area.within(tab.rows, tab.columns)
    # A single cell is only where to begin; a larger range must hold everything.
    edge = area if not area.is_one_cell else Area(title=area.title)
    end_row, end_column = edge.end_row or tab.rows, edge.end_column or tab.columns
    row = grid.first_row + len(values)
    column = grid.first_column + max(map(len, values), default=0)
    if row > end_row:
        raise RangeError(f"Requested writing within range [{area}], but tried writing to row {row}")
    if column > end_column:
        raise RangeError(
            f"Requested writing within range [{area}], but tried writing to column {column}"
        )
