"""Requests of `spreadsheets.batchUpdate` that dress a tab: named ranges, widths, rules, notes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeAlias
from uuid import uuid4

from novalgo_simulator.google import cells, grid
from novalgo_simulator.google.dress import Dress, NamedRange
from novalgo_simulator.google.errors import GoogleError
from novalgo_simulator.google.grid import Tab
from novalgo_simulator.google.ranges import Area

Json: TypeAlias = dict[str, Any]
Tabs: TypeAlias = Mapping[str, Tab]

RULES = frozenset(
    {
        "repeatCell",
        "setDataValidation",
        "addConditionalFormatRule",
        "updateBorders",
        "setBasicFilter",
        "addProtectedRange",
        "addBanding",
    }
)
"""Kept as they are asked for.  None of them changes a value, a filter hides rows only on screen."""


def add_named_range(tabs: Tabs, tab: Tab, wanted: Mapping[str, Any]) -> tuple[Tab, Json]:
    name = str(wanted.get("name", ""))
    if any(name in other.dress.named for other in tabs.values()):
        raise GoogleError(400, f"Cannot add named range: {name} already exists.")
    range_id = str(wanted.get("namedRangeId") or uuid4().int % 10**9)
    named = _named(tab, wanted, range_id)
    changed = _with_named(tab, {**tab.dress.named, name: named})
    return changed, {"addNamedRange": {"namedRange": named_range(changed, name)}}


def update_named_range(tabs: Tabs, tab: Tab, wanted: Mapping[str, Any]) -> dict[str, Tab]:
    """Return the tabs with the range of this id lying in `tab` now."""
    range_id, name = wanted.get("namedRangeId"), str(wanted.get("name", ""))
    owners = [
        (owner, known)
        for owner in tabs.values()
        for known, each in owner.dress.named.items()
        if each.range_id == range_id
    ]
    if not owners:
        raise GoogleError(400, f"No named range with id: {range_id}")
    [(owner, known)] = owners
    left = {each: named for each, named in owner.dress.named.items() if each != known}
    changed = {**tabs, owner.title: _with_named(owner, left)}
    target = changed[tab.title]
    named = {**target.dress.named, name or known: _named(target, wanted, str(range_id))}
    return {**changed, tab.title: _with_named(target, named)}


def delete_named_range(tabs: Tabs, range_id: object) -> dict[str, Tab]:
    return {
        title: _with_named(
            tab, {n: each for n, each in tab.dress.named.items() if each.range_id != range_id}
        )
        for title, tab in tabs.items()
    }


def named_range(tab: Tab, name: str) -> Json:
    """Return a NamedRange of the API."""
    each = tab.dress.named[name]
    return {
        "namedRangeId": each.range_id,
        "name": name,
        "range": {"sheetId": tab.sheet_id, **each.where},
    }


def with_rule(tab: Tab, kind: str, body: Mapping[str, Any]) -> Tab:
    return _dressed(tab, rules=[*tab.dress.rules, {kind: dict(body)}])


def without_filter(tab: Tab) -> Tab:
    return _dressed(tab, rules=[rule for rule in tab.dress.rules if "setBasicFilter" not in rule])


def with_width(tab: Tab, where: Mapping[str, Any], pixels: int) -> Tab:
    columns = range(int(where.get("startIndex", 0)), int(where.get("endIndex", tab.columns)))
    return _dressed(tab, widths={**tab.dress.widths, **{str(each): pixels for each in columns}})


def with_cells(tab: Tab, body: Mapping[str, Any]) -> Tab:
    """Apply `updateCells`: values and notes of the rows, where `fields` names them."""
    start = body.get("start") or body.get("range", {})
    first_row = int(start.get("rowIndex", start.get("startRowIndex", 0)))
    first_column = int(start.get("columnIndex", start.get("startColumnIndex", 0)))
    fields = str(body.get("fields", ""))
    rows = [row.get("values", []) for row in body.get("rows", [])]
    if fields == "*" or "userEnteredValue" in fields:
        area = Area(title=tab.title, first_row=first_row, first_column=first_column)
        tab = grid.write(tab, area, [[_entered(cell) for cell in row] for row in rows], str)
    if fields == "*" or "note" in fields:
        notes = {
            f"{row},{column}": str(cell.get("note", ""))
            for row, line in enumerate(rows, start=first_row)
            for column, cell in enumerate(line, start=first_column)
        }
        kept = {where: note for where, note in {**tab.dress.notes, **notes}.items() if note}
        tab = _dressed(tab, notes=kept)
    return tab


def _entered(cell: Mapping[str, Any]) -> str:
    """Return the cell as the file holds it: only a `formulaValue` is a formula."""
    [(kind, value)] = list(cell.get("userEnteredValue", {"stringValue": ""}).items())
    return str(value) if kind == "formulaValue" else cells.raw(value)


def _named(tab: Tab, wanted: Mapping[str, Any], range_id: str) -> NamedRange:
    where = {name: int(at) for name, at in wanted.get("range", {}).items() if name != "sheetId"}
    column = int(where.get("startColumnIndex", 0))
    if column >= tab.columns or int(where.get("endColumnIndex", 0)) > tab.columns:
        raise GoogleError(400, "the range exceeds the grid's limits")
    header = tab.cells[0] if tab.cells else ()
    return NamedRange(
        range_id=range_id, where=where, header=header[column] if column < len(header) else ""
    )


def _with_named(tab: Tab, named: Mapping[str, NamedRange]) -> Tab:
    return _dressed(tab, named=named)


def _dressed(tab: Tab, **changes: Any) -> Tab:
    dress: Dress = replace(tab.dress, **changes)
    return replace(tab, dress=dress)
