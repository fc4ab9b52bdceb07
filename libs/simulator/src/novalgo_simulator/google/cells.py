"""A cell as the CSV file holds it, as the API shows it, and as a request changes it.

A CSV has no types.  What looks like a number or TRUE is one, as when Google imports the file; a
leading apostrophe marks a text that would otherwise be taken for a formula, as it does in the
spreadsheet itself.
"""

import math
import re
from typing import TypeAlias

Value: TypeAlias = str | int | float | bool

_NUMBER = re.compile(r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$")
_MONEY = re.compile(r"^[+-]?\$?[0-9][0-9,]*(\.[0-9]+)?%?$")
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
_BOOLEANS = {"TRUE": True, "FALSE": False}
_FORMULA_ERROR = "#ERROR!"


def unformatted(cell: str) -> Value:
    """Return the value with its type (`UNFORMATTED_VALUE`)."""
    if cell.startswith("'"):
        return cell[1:]
    if cell.startswith("="):
        return _FORMULA_ERROR  # nothing here calculates
    if cell.upper() in _BOOLEANS:
        return _BOOLEANS[cell.upper()]
    if _NUMBER.match(cell):
        return _number(cell)
    return cell


def formatted(cell: str) -> str:
    """Return the text that a person sees (`FORMATTED_VALUE`)."""
    value = unformatted(cell)
    if isinstance(value, bool):
        return str(value).upper()
    return value if isinstance(value, str) else cell


def formula(cell: str) -> Value:
    """Return the formula where there is one and else the value (`FORMULA`)."""
    return cell if cell.startswith("=") else unformatted(cell)


def raw(value: Value) -> str:
    """Return the cell for a value that stays as it is (`RAW`): a text never becomes a formula."""
    if isinstance(value, bool):
        return str(value).upper()
    if not isinstance(value, str):
        return _plain(value)
    is_a_number = _NUMBER.match(value) or _MONEY.match(value)
    if value.startswith(_STARTS_FORMULA) and not is_a_number:
        return f"'{value}"
    return value


def user_entered(value: Value) -> str:
    """Return the cell for a value as if a person typed it (`USER_ENTERED`)."""
    if isinstance(value, str) and value.startswith(("=", "'")):
        return value
    return raw(value)


def _number(text: str) -> Value:
    number = float(text)
    if not math.isfinite(number):
        return text
    return int(number) if number.is_integer() else number


def _plain(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else repr(number)
