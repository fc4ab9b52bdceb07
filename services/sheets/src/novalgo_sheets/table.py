"""A table of ours in a tab: what to write so that it shows these lines and no others.

It is found by its header in the first row, wherever a person has moved it.  Columns beside it are
the owner's; the rows below its header are ours.
"""

from collections.abc import Iterator, Sequence

from novalgo_sheets.config_cell import as_text
from novalgo_sheets.config_row import cell_at
from novalgo_sheets.sheet import Block, Cell, Cells, Grid


def place(grid: Grid, header: Sequence[Cell], *, at_first: int = 0) -> int | None:
    """Return the table's first column, `at_first` in an empty tab; None where it is not ours."""
    if is_blank(grid.cells):
        return at_first
    top = [as_text(cell) for cell in grid.cells[0]]
    width = len(header)
    starts = [start for start in range(len(top)) if top[start : start + width] == list(header)]
    return starts[0] if len(starts) == 1 else None


def rewrite(
    grid: Grid, start: int, header: Sequence[Cell], lines: Sequence[Sequence[Cell]]
) -> Iterator[Block]:
    """Yield a block for each row that differs; lines that vanish are blanked."""
    width = len(header)
    wanted = [tuple(header), *map(tuple, lines)]
    wanted += [("",) * width] * (len(grid.cells) - len(wanted))
    for index, line in enumerate(wanted):
        row: Sequence[Cell] = grid.cells[index] if index < len(grid.cells) else ()
        shown = tuple(cell_at(row, start + column) for column in range(width))
        if shown != line:
            yield Block(title=grid.title, row=index, column=start, values=[line])


def is_blank(cells: Cells) -> bool:
    return not any(as_text(cell) for row in cells for cell in row)
