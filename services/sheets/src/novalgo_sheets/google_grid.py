"""Between the API's JSON and the port's values."""

from collections.abc import Mapping
from typing import Any

from gspread.utils import a1_range_to_grid_range, absolute_range_name, rowcol_to_a1

from novalgo_sheets.sheet import Block, Grid

LARGEST = 10_000_000
"""Cells that Google allows a spreadsheet: a size for who does not name one."""


def as_grid(title: str, value_range: Mapping[str, Any]) -> Grid:
    """Return a tab that was asked for by its title alone: Google's answer names its whole size."""
    _, _, corners = str(value_range.get("range", "")).rpartition("!")
    size = a1_range_to_grid_range(corners) if ":" in corners else {}
    return Grid(
        title=title,
        cells=value_range.get("values", []),
        rows=int(size.get("endRowIndex", LARGEST)),
        columns=int(size.get("endColumnIndex", LARGEST)),
    )


def as_value_range(block: Block) -> dict[str, Any]:
    """Return the block as the API takes it, with explicit corners."""
    height, width = len(block.values), max(map(len, block.values))
    first = rowcol_to_a1(block.row + 1, block.column + 1)
    last = rowcol_to_a1(block.row + height, block.column + width)
    return {
        "range": absolute_range_name(block.title, f"{first}:{last}"),
        "majorDimension": "ROWS",
        "values": [list(row) for row in block.values],
    }
