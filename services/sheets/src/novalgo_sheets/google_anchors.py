"""Anchors at Google: named ranges over whole columns, which move with them.

`values.batchUpdate` takes a named range for a range, so that a write finds its column wherever a
person has just moved it; `values.batchGet` says where it lies.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from novalgo_sheets.headers import OWNED
from novalgo_sheets.sheet import Anchor, Strip

Json: TypeAlias = dict[str, Any]
_PREFIX = "NovAlgo_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The named ranges of ours that a spreadsheet has."""

    ids: Mapping[str, str] = field(default_factory=dict)
    """By the anchor's name; one whose column was deleted may still be among them."""
    sound: Sequence[str] = ()
    """The anchors that lie over columns of the Config tab."""


def range_name(anchor: str) -> str:
    """Return `NovAlgo_Order_Status` for `Order Status`."""
    return _PREFIX + re.sub(r"\W", "_", anchor)


def named_ranges(book: Mapping[str, Any], config_id: int | None) -> Named:
    """Return ours from a spreadsheet's metadata."""
    anchors = {range_name(anchor): anchor for anchor in OWNED}
    found = [each for each in book.get("namedRanges", []) if each["name"] in anchors]
    return Named(
        ids={anchors[each["name"]]: each["namedRangeId"] for each in found},
        sound=[anchors[each["name"]] for each in found if _is_sound(each, config_id)],
    )


def held_config(book: Mapping[str, Any]) -> int | None:
    """Return the id of the tab that our columns lie in, or None where they lie in none, or two."""
    anchors = {range_name(anchor) for anchor in OWNED}
    ranges = [each["range"] for each in book.get("namedRanges", []) if each["name"] in anchors]
    tabs = {where.get("sheetId", 0) for where in ranges if "startColumnIndex" in where}
    return tabs.pop() if len(tabs) == 1 else None


def anchor_requests(anchors: Sequence[Anchor], named: Named, tab: int, width: int) -> list[Json]:
    """Return the requests that take hold of the columns, in a grid of `width` columns.

    A new column is inserted, not written over: it is blank whatever a person does meanwhile.
    """
    return [request for anchor in anchors for request in _requests(anchor, named, tab, width)]


def strip_range(strip: Strip) -> Json:
    """Return the strip as the API takes it: a null leaves its cell as it is."""
    last = max(strip.cells)
    return {
        "range": range_name(strip.anchor),
        "majorDimension": "COLUMNS",
        "values": [[strip.cells.get(row) for row in range(last + 1)]],
    }


def _is_sound(named: Mapping[str, Any], config_id: int | None) -> bool:
    where = named.get("range", {})
    return where.get("sheetId", 0) == config_id and "startColumnIndex" in where


def _requests(anchor: Anchor, named: Named, tab: int, width: int) -> Iterator[Json]:
    column = anchor.column
    if anchor.is_new:
        column = min(column, width - 1)
        yield from _insertion(anchor.name, tab, column)
    where = {"sheetId": tab, "startColumnIndex": column, "endColumnIndex": column + 1}
    range_ = {"name": range_name(anchor.name), "range": where}
    if anchor.name in named.ids:
        changed = {**range_, "namedRangeId": named.ids[anchor.name]}
        yield {"updateNamedRange": {"namedRange": changed, "fields": "range"}}
    else:
        yield {"addNamedRange": {"namedRange": range_}}


def _insertion(header: str, tab: int, column: int) -> Iterator[Json]:
    where = {
        "sheetId": tab,
        "dimension": "COLUMNS",
        "startIndex": column,
        "endIndex": column + 1,
    }
    yield {"insertDimension": {"range": where, "inheritFromBefore": False}}
    yield {
        "updateCells": {
            "start": {"sheetId": tab, "rowIndex": 0, "columnIndex": column},
            "rows": [{"values": [{"userEnteredValue": {"stringValue": header}}]}],
            "fields": "userEnteredValue",
        }
    }
