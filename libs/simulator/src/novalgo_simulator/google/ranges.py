"""A1 notation: `Config!A2:G12`, `'My tab'!B:B`, `Config`.  Rows and columns count from 0 inside."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_QUOTED = re.compile(r"^'((?:[^']|'')+)'(?:!(.*))?$", re.DOTALL)
_CORNERS = re.compile(r"^([A-Za-z]{0,3})([0-9]{0,7})(?::([A-Za-z]{0,3})([0-9]{0,7}))?$")
_PLAIN_TITLE = re.compile(r"^[A-Za-z][A-Za-z0-9_]*$")


class RangeError(ValueError):
    """The text names no cells of this spreadsheet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A rectangle of one tab's cells.  An end is exclusive; None is the grid's edge."""

    title: str
    first_row: int = 0
    end_row: int | None = None
    first_column: int = 0
    end_column: int | None = None

    @property
    def is_one_cell(self) -> bool:
        return (self.end_row, self.end_column) == (self.first_row + 1, self.first_column + 1)

    def within(self, rows: int, columns: int) -> "Area":
        """Return the part that lies on a grid of this size; raise `RangeError` if none does."""
        if self.first_row >= rows or self.first_column >= columns:
            raise RangeError(
                f"Range ({self}) exceeds grid limits. Max rows: {rows}, max columns: {columns}"
            )
        return Area(
            title=self.title,
            first_row=self.first_row,
            end_row=min(self.end_row or rows, rows),
            first_column=self.first_column,
            end_column=min(self.end_column or columns, columns),
        )

    def __str__(self) -> str:
        first = f"{column_letters(self.first_column)}{self.first_row + 1}"
        title = quoted(self.title)
        if self.end_row is None or self.end_column is None or self.is_one_cell:
            return f"{title}!{first}"
        return f"{title}!{first}:{column_letters(self.end_column - 1)}{self.end_row}"


def parse_range(text: str, titles: Sequence[str]) -> Area:
    """Return the cells that the text names; raise `RangeError` where there are none.

    A bare word is a tab where one has that title and else cells of the first tab, as Google has it.
    """
    title, cells = _split_title(text, titles)
    if title not in titles:
        raise RangeError(f"Unable to parse range: {text}")
    corners = _CORNERS.match(cells)
    if corners is None or (not cells and "!" in text):
        raise RangeError(f"Unable to parse range: {text}")
    return _area(title, corners)


def column_letters(column: int) -> str:
    """Return `A` for 0, `Z` for 25, `AA` for 26."""
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def quoted(title: str) -> str:
    """Return the title as a range begins with it."""
    if _PLAIN_TITLE.match(title):
        return title
    return "'" + title.replace("'", "''") + "'"


def _split_title(text: str, titles: Sequence[str]) -> tuple[str, str]:
    in_quotes = _QUOTED.match(text)
    if in_quotes:
        return in_quotes[1].replace("''", "'"), in_quotes[2] or ""
    if text in titles:
        return text, ""
    title, mark, cells = text.rpartition("!")
    if mark:
        return title, cells
    return titles[0] if titles and text else text, text


def _area(title: str, corners: re.Match[str]) -> Area:
    column, row, end_column, end_row = corners.groups()
    if end_column is None:  # one cell, or nothing at all: the whole tab
        end_column, end_row = column, row
    first_row, last_row = sorted((_row(row), _row(end_row) if end_row else _row(row)))
    first_column, last_column = sorted(
        (_column(column), _column(end_column) if end_column else _column(column))
    )
    return Area(
        title=title,
        first_row=first_row,
        end_row=last_row + 1 if end_row else None,
        first_column=first_column,
        end_column=last_column + 1 if end_column else None,
    )


def _row(digits: str) -> int:
    if digits and int(digits) == 0:
        raise RangeError("Unable to parse range: rows count from 1")
    return max(int(digits or 1) - 1, 0)


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return max(number - 1, 0)
