"""A table as CSV that a spreadsheet opens and never runs.  Pure."""

import csv
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from typing import TextIO

from novalgo_analytics.exports.tables import Cell, Row
from novalgo_common.formulas import harmless


def csv_file(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    """Return a table in UTF-8, as RFC 4180 has it."""
    text = StringIO()
    add = rows_into(text, columns)
    for row in rows:
        add(row)
    return text.getvalue().encode()


def rows_into(file: TextIO, columns: Sequence[str]) -> Callable[[Row], None]:
    """Write the head; return what writes a row."""
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(columns)

    def add(row: Row) -> None:
        writer.writerow([cell_text(cell) for cell in row])

    return add


def cell_text(cell: Cell) -> str:
    """Return a cell; a text that reads as a formula gets an apostrophe, a number never does."""
    if isinstance(cell, str):
        return harmless(cell)
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, datetime):
        utc = cell if cell.tzinfo is UTC else cell.astimezone(UTC)
        return f"{utc.isoformat()[: -len('+00:00')]}Z"
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell)
