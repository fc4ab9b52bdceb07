"""The demo's spreadsheet, handled as its owner would: the CSV files of the simulated sheet."""

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from novalgo_cli.demo.rows import FIELDS, Book, Row

Cells: TypeAlias = list[list[str]]


def new_spreadsheet(directory: Path) -> None:
    """Make a spreadsheet as Google does: one empty tab."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "Sheet1.csv").touch()


def fill_in(path: Path, rows: Sequence[Row]) -> None:
    """Write the owner's rows below the header that `novalgo sheet init` made."""
    header = read_tab(path)[0]
    lines = [[getattr(row, FIELDS.get(name, ""), "") for name in header] for row in rows]
    _save(path, [header, *lines])


def read_tab(path: Path) -> Cells:
    """Return the tab's rows, the header first, all of one width; nothing where there is no tab."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        cells = [row for row in csv.reader(file) if any(row)]
    width = max(map(len, cells), default=0)
    return [row + [""] * (width - len(row)) for row in cells]


def edit_cell(path: Path, book: Book, column: str, value: str) -> None:
    """Change one cell of a book's row."""
    cells = read_tab(path)
    at = cells[0].index(column)
    symbol, timeframe = cells[0].index("symbol"), cells[0].index("Time Frame")
    for row in cells[1:]:
        if (row[symbol], row[timeframe]) == book:
            row[at] = value
    _save(path, cells)


def _save(path: Path, cells: Cells) -> None:
    draft = path.with_suffix(".draft")
    with draft.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(cells)
    os.replace(draft, path)
