"""Between the API's JSON and the port's values, and A1 notation between the two."""

import re
from collections.abc import Mapping
from typing import Any

from novalgo_sheets.sheet import Block, Grid

LARGEST = 10_000_000
"""Cells that Google allows a spreadsheet: the size of a tab whose answer does not name one."""
_FIRST_CORNER = re.compile(r"!\$?([A-Z]+)")
_LAST_CORNER = re.compile(r"!\$?[A-Z]+\$?[0-9]+(?::\$?([A-Z]+)\$?([0-9]+))?$")


def as_grid(title: str, value_range: Mapping[str, Any]) -> Grid:
    """Return a tab that was asked for by its title alone: Google's answer names its whole size."""
    rows, columns = _size(str(value_range.get("range", "")))
    return Grid(title=title, cells=value_range.get("values", []), rows=rows, columns=columns)


def first_column(value_range: Mapping[str, Any]) -> int:
    """Return the column in which a range of an answer begins."""
    corner = _FIRST_CORNER.search(str(value_range.get("range", "")))
    return _column(corner[1]) if corner else 0


def as_value_range(block: Block, title: str) -> dict[str, Any]:
    """Return the block as the API takes it, with explicit corners in the tab of this title."""
    title = title.replace("'", "''")
    first = f"{column_letters(block.column)}{block.row + 1}"
    last_column = block.column + max(map(len, block.values)) - 1
    last = f"{column_letters(last_column)}{block.row + len(block.values)}"
    return {
        "range": f"'{title}'!{first}:{last}",
        "majorDimension": "ROWS",
        "values": [list(row) for row in block.values],
    }


def column_letters(column: int) -> str:
    """Return `A` for 0, `Z` for 25, `AA` for 26."""
    before, letter = divmod(column, 26)
    return (column_letters(before - 1) if before else "") + chr(ord("A") + letter)


def _size(range_: str) -> tuple[int, int]:
    corner = _LAST_CORNER.search(range_)
    if corner is None:
        return LARGEST, LARGEST
    letters, row = corner.groups("")
    return int(row or 1), _column(letters or "A") + 1


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
