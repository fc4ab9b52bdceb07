"""`spreadsheets.batchUpdate`: tabs, their rows and columns, and what dresses them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from novalgo_simulator.google import cells, dressing, grid
from novalgo_simulator.google.dress import Dress
from novalgo_simulator.google.errors import GoogleError
from novalgo_simulator.google.grid import Tab
from novalgo_simulator.google.workbook import Tabs

Json: TypeAlias = dict[str, Any]


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


def named_ranges(tabs: Tabs) -> list[Json]:
    """Return the `namedRanges` of a Spreadsheet."""
    return [
        dressing.named_range(tab, name) for tab in tabs.values() for name in sorted(tab.dress.named)
    ]


def _applied(tabs: Tabs, kind: str, body: Mapping[str, Any]) -> tuple[Tabs, Json]:
    if kind in dressing.RULES:
        return _put(tabs, dressing.with_rule(_tab_of(tabs, body), kind, body)), {}
    match kind:
        case "updateCells":
            return _put(tabs, dressing.with_cells(_tab_of(tabs, body), body)), {}
        case "updateDimensionProperties":
            where = body.get("range", {})
            pixels = int(body.get("properties", {}).get("pixelSize", 100))
            return _put(tabs, dressing.with_width(_tab_of(tabs, body), where, pixels)), {}
        case "addNamedRange":
            wanted = body.get("namedRange", {})
            tab = _tab(tabs, wanted.get("range", {}).get("sheetId"))
            changed, reply = dressing.add_named_range(tabs, tab, wanted)
            return _put(tabs, changed), reply
        case "updateNamedRange":
            wanted = body.get("namedRange", {})
            tab = _tab(tabs, wanted.get("range", {}).get("sheetId"))
            return dressing.update_named_range(tabs, tab, wanted), {}
        case "deleteNamedRange":
            return dressing.delete_named_range(tabs, body.get("namedRangeId")), {}
        case "clearBasicFilter":
            return _put(tabs, dressing.without_filter(_tab(tabs, body.get("sheetId")))), {}
        case "sortRange":
            return _put(tabs, _sorted(_tab_of(tabs, body), body)), {}
        case "moveDimension":
            source = body.get("source", {})
            moved = grid.move(
                _tab(tabs, source.get("sheetId")),
                source["dimension"],
                int(source.get("startIndex", 0)),
                int(source.get("endIndex", 0)),
                int(body.get("destinationIndex", 0)),
            )
            return _put(tabs, moved), {}
        case "addSheet":
            return _added(tabs, body.get("properties", {}))
        case "deleteSheet":
            gone = _tab(tabs, body.get("sheetId"))
            if len(tabs) == 1:
                raise GoogleError(400, "You can't remove all the sheets in a document.")
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
        dress=Dress(frozen_rows=int(size.get("frozenRowCount", 0))),
        number=int(wanted.get("sheetId", 0)) or None,
    )
    return {**tabs, title: tab}, {"addSheet": {"properties": _properties(tab, len(tabs))}}


def _reshaped(tabs: Tabs, wanted: Mapping[str, Any]) -> Tabs:
    tab = _tab(tabs, wanted.get("sheetId"))
    size = wanted.get("gridProperties", {})
    shaped = grid.resize(
        tab, int(size.get("rowCount", tab.rows)), int(size.get("columnCount", tab.columns))
    )
    frozen = int(size.get("frozenRowCount", tab.dress.frozen_rows))
    shaped = replace(shaped, dress=replace(shaped.dress, frozen_rows=frozen))
    title = str(wanted.get("title", tab.title))
    if title == tab.title:
        return _put(tabs, shaped)
    _refuse_title(title)
    if title in tabs:
        raise GoogleError(
            400, f'A sheet with the name "{title}" already exists. Please enter another name.'
        )
    return {
        title if each == tab.title else each: shaped.renamed(title) if each == tab.title else kept
        for each, kept in tabs.items()
    }


def _sorted(tab: Tab, body: Mapping[str, Any]) -> Tab:
    """Sort whole rows by what a column shows, the blank ones last."""
    where = body.get("range", {})
    first, last = int(where.get("startRowIndex", 0)), int(where.get("endRowIndex", tab.rows))
    rows = list(tab.cells[first:last])
    for spec in reversed(body.get("sortSpecs", [])):
        column, falls = int(spec.get("dimensionIndex", 0)), spec.get("sortOrder") == "DESCENDING"

        def shown(row: Sequence[str], column: int = column) -> str:
            return cells.formatted(row[column]) if column < len(row) else ""

        filled = sorted((row for row in rows if shown(row)), key=shown, reverse=falls)
        rows = [*filled, *(row for row in rows if not shown(row))]
    return tab.holding([*tab.cells[:first], *rows, *tab.cells[last:]])


def _put(tabs: Tabs, tab: Tab) -> Tabs:
    return {**tabs, tab.title: tab}


def _tab_of(tabs: Tabs, body: Mapping[str, Any]) -> Tab:
    """Return the tab that a request's range names, wherever the request holds it."""
    kind = next((body[name] for name in ("rule", "filter", "protectedRange", "bandedRange")
                 if name in body and "range" not in body), body)  # fmt: skip
    where = kind.get("range") or kind.get("start") or (kind.get("ranges") or [{}])[0]
    return _tab(tabs, where.get("sheetId"))


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
        "gridProperties": {
            "rowCount": tab.rows,
            "columnCount": tab.columns,
            **({"frozenRowCount": tab.dress.frozen_rows} if tab.dress.frozen_rows else {}),
        },
    }
