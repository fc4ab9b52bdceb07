"""What a tab has beside its cells: named ranges, frozen rows, widths, formats, rules, notes.

A CSV file cannot hold it; the workbook keeps it in a file beside the tabs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
_ENDS = {
    "ROWS": ("startRowIndex", "endRowIndex"),
    "COLUMNS": ("startColumnIndex", "endColumnIndex"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRange:
    range_id: str
    where: Json
    """A GridRange without its sheet; an end that is missing is the tab's."""
    header: str
    """What stood in its first column's first row when it was last seen to be right."""

    @property
    def column(self) -> int:
        return int(self.where.get("startColumnIndex", 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dress:
    frozen_rows: int = 0
    widths: Mapping[str, int] = field(default_factory=dict)
    """Pixels, by the column's number as text."""
    named: Mapping[str, NamedRange] = field(default_factory=dict)
    rules: Sequence[Json] = ()
    """Requests that format, validate or filter a range, oldest first."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """By `row,column`."""

    def moved(self, dimension: str, start: int, end: int, *, inserted: bool) -> "Dress":
        """Return it after rows or columns were inserted before `start`, or deleted up to `end`."""
        named = {
            name: replace(each, where=_moved(each.where, dimension, start, end, inserted=inserted))
            for name, each in self.named.items()
        }
        return replace(self, named={n: each for n, each in named.items() if not _is_gone(each)})

    def anchored(self, header: Sequence[str]) -> "Dress":
        """Return it after a person has edited the file: a range goes where its header went."""
        named = dict(self.named)
        for name, each in named.items():
            column = each.column
            stands = column < len(header) and header[column] == each.header
            if not stands and each.header and list(header).count(each.header) == 1:
                now = list(header).index(each.header)
                width = int(each.where.get("endColumnIndex", column + 1)) - column
                where = {**each.where, "startColumnIndex": now, "endColumnIndex": now + width}
                named[name] = replace(each, where=where)
        return replace(self, named=named)

    def as_json(self) -> Json:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Dress":
        named = {name: NamedRange(**each) for name, each in kept.get("named", {}).items()}
        return cls(**{**kept, "named": named})


PLAIN = Dress()


def _moved(where: Json, dimension: str, start: int, end: int, *, inserted: bool) -> Json:
    low, high = _ENDS[dimension]
    if low not in where and high not in where:
        return where
    first, last = int(where.get(low, 0)), where.get(high)
    moved = {**where, low: _shift(first, start, end, inserted=inserted)}
    if last is not None:
        # A line inserted right behind the last one does not belong to the range.
        moved[high] = _shift(int(last) - 1, start, end, inserted=inserted) + 1
        if not inserted and start <= int(last) - 1 < end:
            moved[high] = start
    return moved


def _shift(index: int, start: int, end: int, *, inserted: bool) -> int:
    if inserted:
        return index + (end - start) if index >= start else index
    return index - (end - start) if index >= end else min(index, start)


def _is_gone(named: NamedRange) -> bool:
    return any(
        high in named.where and named.where[high] <= named.where.get(low, 0)
        for low, high in _ENDS.values()
    )
