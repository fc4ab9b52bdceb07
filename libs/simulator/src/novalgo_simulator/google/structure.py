"""`spreadsheets.batchUpdate`: tabs and their rows and columns.  What only paints is accepted."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from novalgo_simulator.google import grid
from novalgo_simulator.google.errors import GoogleError
from novalgo_simulator.google.grid import Tab
from novalgo_simulator.google.workbook import Tabs

Json: TypeAlias = dict[str, Any]

_PAINT = frozenset({"repeatCell", "updateCells", "updateDimensionProperties", "updateBorders"})
"""Formats, notes and widths, which a CSV file cannot hold."""


def batch_update(tabs: Tabs, requests: Sequence[Mapping[str, Any]]) -> tuple[Tabs, list[Json]]:
    """Apply the requests in order, all or none; return the tabs and a reply each."""
    replies = []
    for number, request in enumerate(requests):
        [(kind, body)] = request.items() if len(request) == 1 else [("", {})]
        try:
            tabs, reply = _applied(tabs, kind, body)
        except GoogleError as error:
            raise GoogleError(error.code, f"Invalid requests[{number}].{kind}: {error}") from None
        replies.append(reply)
    return tabs, replies


def properties(tabs: Tabs) -> list[Json]:
    """Return the `sheets` of a Spreadsheet."""
    return [{"properties": _properties(tab, index)} for index, tab in enumerate(tabs.values())]


def _applied(tabs: Tabs, kind: str, body: Mapping[str, Any]) -> tuple[Tabs, Json]:
    if kind in _PAINT:
        return tabs, {}
    match kind:
        case "addSheet":
            return _added(tabs, body.get("properties", {}))
        case "deleteSheet":
            gone = _tab(tabs, body.get("sheetId"))
            return {title: tab for title, tab in tabs.items() if title != gone.title}, {}
        case "updateSheetProperties":
            return _reshaped(tabs, body.get("properties", {})), {}
        case "insertDimension" | "deleteDimension":
            return _moved(tabs, kind, body.get("range", {})), {}
        case "appendDimension":
            tab = _tab(tabs, body.get("sheetId"))
            longer = grid.append(tab, body["dimension"], int(body["length"]))
            return {**tabs, tab.title: longer}, {}
    raise GoogleError(400, "this simulator does not know the request")


def _added(tabs: Tabs, wanted: Mapping[str, Any]) -> tuple[Tabs, Json]:
    title = str(wanted.get("title") or f"Sheet{len(tabs) + 1}")
    if title in tabs:
        raise GoogleError(
            400, f'A sheet with the name "{title}" already exists. Please enter another name.'
        )
    _refuse_title(title)
    size = wanted.get("gridProperties", {})
    tab = Tab(
        title=title,
        rows=int(size.get("rowCount", 1000)),
        columns=int(size.get("columnCount", 26)),
    )
    return {**tabs, title: tab}, {"addSheet": {"properties": _properties(tab, len(tabs))}}


def _reshaped(tabs: Tabs, wanted: Mapping[str, Any]) -> Tabs:
    tab = _tab(tabs, wanted.get("sheetId"))
    size = wanted.get("gridProperties", {})
    return {
        **tabs,
        tab.title: grid.resize(
            tab, int(size.get("rowCount", tab.rows)), int(size.get("columnCount", tab.columns))
        ),
    }


def _moved(tabs: Tabs, kind: str, where: Mapping[str, Any]) -> Tabs:
    tab = _tab(tabs, where.get("sheetId"))
    move = grid.insert if kind == "insertDimension" else grid.delete
    start, end = int(where.get("startIndex", 0)), int(where.get("endIndex", 0))
    return {**tabs, tab.title: move(tab, where["dimension"], start, end)}


def _tab(tabs: Tabs, sheet_id: object) -> Tab:
    for tab in tabs.values():
        if tab.sheet_id == sheet_id:
            return tab
    raise GoogleError(400, f"No grid with id: {sheet_id}")


def _refuse_title(title: str) -> None:
    # The title becomes a file's name.
    if title.startswith(".") or any(mark in title for mark in "/\\\0"):
        raise GoogleError(400, "the simulator keeps tabs as files and cannot use this title")


def _properties(tab: Tab, index: int) -> Json:
    return {
        "sheetId": tab.sheet_id,
        "title": tab.title,
        "index": index,
        "sheetType": "GRID",
        "gridProperties": {"rowCount": tab.rows, "columnCount": tab.columns},
    }
