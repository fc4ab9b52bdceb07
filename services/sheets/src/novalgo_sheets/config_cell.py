"""One cell of the Config tab as a value, or why it is none and how to mend it.

Google types cells: a size may be a number or a text such as `$5,000`, a checkbox is a boolean, and
a ticker called TRUE arrives as one too.  A formula arrives as what it comes to.
"""

import math
import re
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal

from novalgo_common.events import Sizing
from novalgo_sheets.sheet import Cell

CENT = Decimal("0.01")
LARGEST = Decimal(1_000_000_000)
_NUMBER = re.compile(r"^\$?\s?([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(\.[0-9]+)?$", re.ASCII)
_SWITCH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_SIZINGS = {
    "": Sizing.DOLLARS,
    "$": Sizing.DOLLARS,
    "usd": Sizing.DOLLARS,
    "%": Sizing.PERCENT,
    "percent of equity": Sizing.PERCENT,
    "dollars at risk": Sizing.RISK,
} | {sizing.value: sizing for sizing in Sizing}
_SESSION = re.compile(
    # A phone makes a long dash of the short one.
    "^([0-9]{1,2}):([0-9]{2})\\s*(?:-|\u2013|to)\\s*([0-9]{1,2}):([0-9]{2})$",
    re.ASCII,
)
_LAST_MINUTE = 24 * 60 - 1


class CellError(ValueError):
    """The cell cannot be used.  The text is one sentence for the owner: what is wrong, the mend."""


def as_text(cell: Cell) -> str:
    """Return what a person sees in the cell, without blanks around it."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def as_number(name: str, cell: Cell, *, most: Decimal = LARGEST) -> Decimal:
    """Return the number of the column `name`, more than 0 and at most `most`."""
    number = _number(cell)
    if number is None:
        raise CellError(f"{name} {_why_no_number(cell)}")
    if number <= 0:
        raise CellError(f"{name} must be more than 0: to stop the row, untick active")
    if number > most:
        raise CellError(f"{name} is above {most:,f}, the most that is allowed: write less")
    return number


def as_cents(name: str, cell: Cell, *, most: Decimal = LARGEST) -> Decimal:
    """Return dollars, rounded down to the cent."""
    cents = as_number(name, cell, most=most).quantize(CENT, rounding=ROUND_DOWN)
    if cents == 0:
        raise CellError(f"{name} is less than a cent: write dollars, such as 5000")
    return cents


def as_switch(name: str, cell: Cell) -> bool | None:
    """Return what a checkbox says, or None where the cell is blank."""
    text = as_text(cell).lower()
    switch = _SWITCH.get(text)
    if switch is None and text:
        raise CellError(f"{name} must be TRUE or FALSE: tick or untick it")
    return switch


def as_sizing(cell: Cell) -> Sizing:
    sizing = _SIZINGS.get(" ".join(as_text(cell).lower().split()))
    if sizing is None:
        raise CellError("sizing must be dollars, shares, percent or risk; blank is dollars")
    return sizing


def as_session(cell: Cell) -> str:
    """Return from and to in New York, such as `09:45-15:30`."""
    match = _SESSION.match(as_text(cell))
    start, end = _minutes(match, 1), _minutes(match, 3)
    if start is None or end is None or start >= end:
        raise CellError("session must be from and to in New York, such as 09:45-15:30")
    return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"


def as_span(name: str, cell: Cell, unit: timedelta, most: timedelta) -> int:
    """Return a time, given in `unit`, as whole seconds from one to `most`."""
    seconds = as_number(name, cell) * Decimal(unit.total_seconds())
    if not 1 <= seconds <= Decimal(most.total_seconds()):
        raise CellError(f"{name} must be between a second and {most.days} days")
    return int(seconds)


def plain(number: Decimal) -> str:
    """Return a number as a person writes it: without zeros behind the point."""
    return format(number.normalize(), "f")


def _minutes(match: re.Match[str] | None, group: int) -> int | None:
    if match is None:
        return None
    hours, minutes = int(match[group]), int(match[group + 1])
    total = hours * 60 + minutes
    return total if minutes < 60 and total <= _LAST_MINUTE else None


def _number(cell: Cell) -> Decimal | None:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return Decimal(str(cell)) if math.isfinite(cell) else None
    text = cell.strip()
    sign = -1 if text.startswith("-") or (text.startswith("(") and text.endswith(")")) else 1
    match = _NUMBER.match(text.strip("-()"))
    return sign * Decimal(match[1].replace(",", "") + (match[2] or "")) if match else None


def _why_no_number(cell: Cell) -> str:
    text = as_text(cell)
    shown = text[:20]
    if not text:
        return "is blank: write a number, such as 5000"
    if text.startswith("#"):
        return f"shows {shown}: mend its formula, or write a number"
    if text.startswith("="):
        return f"is the text {shown}, not a formula: type it anew, or write a number"
    if "%" in text:
        return f"{shown} is a percentage: write the bare number"
    if re.fullmatch(r"[$0-9.,\s]+", text, re.ASCII):
        return f"{shown} can be read in two ways: write it like 5000 or 5000.50"
    if re.fullmatch(r"[0-9.]+[eE][+-]?[0-9]+", text, re.ASCII):
        return f"{shown} is short for a number: write it out, like 5000"
    return f"{shown} is not a number: write one, such as 5000"
