"""A table as CSV that a spreadsheet opens and never runs.  Pure."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

from novalgo_analytics.exports.tables import Cell, Table

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet take a text for a formula (OWASP, CSV Injection)."""


def csv_file(table: Table) -> bytes:
    """Return the table in UTF-8, as RFC 4180 has it."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([cell_text(cell) for cell in row] for row in table.rows)
    return text.getvalue().encode()


def cell_text(cell: Cell) -> str:
    """Return a cell; a text that reads as a formula gets an apostrophe, a number never does."""
    match cell:
        case None:
            return ""
        case datetime():
            return cell.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return cell.isoformat()
        case Decimal():
            return format(cell, "f")
        case int():
            return str(cell)
        case _:
            return f"'{cell}" if cell.startswith(FORMULAS) else cell
