"""One cell of the Config tab as a value, or why it is none.

Google types cells: a size may be a number or a text such as `$5,000`, a checkbox is a boolean, and
a ticker called TRUE arrives as one too.
"""

import math
import re
from decimal import ROUND_DOWN, Decimal

from novalgo_sheets.sheet import Cell

CENT = Decimal("0.01")
LARGEST_SIZE = Decimal(1_000_000_000)
_SIZE = re.compile(r"^\$?\s?([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(\.[0-9]+)?$", re.ASCII)
_ACTIVE = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False, "": False}


class CellError(ValueError):
    """The cell cannot be used.  The text is one sentence for the owner."""


def as_text(cell: Cell) -> str:
    """Return what a person sees in the cell, without blanks around it."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def as_size(cell: Cell) -> Decimal:
    """Return dollars, rounded down to the cent; raise `CellError`."""
    size = _amount(cell)
    if size is None:
        shown = as_text(cell)[:20]
        raise CellError(
            f"position_size {shown} is not a number of dollars" if shown else "no position_size"
        )
    if not 0 < size <= LARGEST_SIZE:
        raise CellError("position_size must be more than $0 and at most $1,000,000,000")
    cents = size.quantize(CENT, rounding=ROUND_DOWN)
    if cents == 0:
        raise CellError("position_size is less than a cent")
    return cents


def as_active(cell: Cell) -> bool:
    """Return whether the row may trade; a blank cell says no.  Raise `CellError`."""
    active = _ACTIVE.get(as_text(cell).lower())
    if active is None:
        raise CellError("active must be TRUE or FALSE")
    return active


def _amount(cell: Cell) -> Decimal | None:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return Decimal(str(cell)) if math.isfinite(cell) else None
    match = _SIZE.match(cell.strip())
    return Decimal(match[1].replace(",", "") + (match[2] or "")) if match else None
