"""Which cells of the Config tab differ from what they should show, in the newest read."""

from collections.abc import Mapping
from dataclasses import dataclass

from novalgo_sheets.config_cell import as_text
from novalgo_sheets.config_tab import ConfigTab, TabRow, cell_at
from novalgo_sheets.face import Face
from novalgo_sheets.sheet import Block, Grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What to write, and the rows that show what they should without it."""

    blocks: tuple[Block, ...]
    standing: frozenset[int]
    """Sheet row numbers."""


def correct(grid: Grid, tab: ConfigTab, faces: Mapping[int, Face]) -> Correction:
    """Return what to write so that each row shows its face.

    Rows are found in this very read: a person may have sorted, inserted or deleted some since the
    last.  Cells that the service does not own are left alone.
    """
    blocks = _missing_headers(grid, tab)
    standing = set()
    for row in tab.rows:
        wrong = _wrong_cells(grid, tab, row, faces[row.number])
        blocks += wrong
        if not wrong:
            standing.add(row.number)
    return Correction(blocks=tuple(blocks), standing=frozenset(standing))


def _missing_headers(grid: Grid, tab: ConfigTab) -> list[Block]:
    header = grid.cells[0]
    return [
        Block(title=grid.title, row=0, column=column, values=[[name]])
        for name, column in tab.columns.owned
        if not as_text(cell_at(header, column))
    ]


def _wrong_cells(grid: Grid, tab: ConfigTab, row: TabRow, face: Face) -> list[Block]:
    index, wanted = row.number - 1, face.cells()
    return [
        Block(title=grid.title, row=index, column=column, values=[[wanted[name]]])
        for name, column in tab.columns.owned
        if as_text(cell_at(grid.cells[index], column)) != wanted[name]
    ]
