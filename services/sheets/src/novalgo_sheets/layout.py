"""How `novalgo sheet init` lays a new tab out, as requests of `spreadsheets.batchUpdate`.

It is done once: whatever the owner makes of the tab afterwards stays.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from novalgo_common.events import RowStatus, Sizing
from novalgo_sheets import boards_tabs, headers, performance_tab, risk_tab
from novalgo_sheets.google_anchors import range_name
from novalgo_sheets.sheet import Cell

Json: TypeAlias = dict[str, Any]

CONFIG = "Config"
BOARDS = (risk_tab.TITLE, *boards_tabs.SLOW)
"""Tabs that the owner may switch on."""
_ROWS = 1000
_HEADER_GREY = {"red": 0.91, "green": 0.92, "blue": 0.94}
_OWNED_GREY = {"red": 0.97, "green": 0.97, "blue": 0.97}
_COLOURS: Mapping[RowStatus, Json] = {
    RowStatus.FAILED: {"red": 0.96, "green": 0.80, "blue": 0.80},
    RowStatus.ORDER_SUBMITTED: {"red": 1.0, "green": 0.95, "blue": 0.80},
    RowStatus.FILLED: {"red": 0.85, "green": 0.94, "blue": 0.83},
    RowStatus.INACTIVE: {"red": 0.85, "green": 0.85, "blue": 0.85},
}
_WIDTHS = {headers.LAST_UPDATED: 210, headers.REASON: 420, headers.ORDER_STATUS: 150}
_LISTS: Mapping[str, Sequence[str]] = {
    headers.TIMEFRAME: ("5 Min", "15 Min", "30 Min", "45 Min", "1 Hour", "4 Hour", "1 Day"),
    headers.SIZING: tuple(sizing.value for sizing in Sizing),
    headers.ALLOW_SHORT: ("TRUE", "FALSE"),
}
_NOTES: Mapping[str, str] = {
    headers.SYMBOL: "A US stock, such as AAPL or BRK.B.",
    headers.POSITION_SIZE: "Dollars of an entry, such as 5000; other units by the column sizing.",
    headers.ACTIVE: "Ticked: entries are taken. Unticked: none, exits go on.",
    headers.TIMEFRAME: "The chart's interval, such as 15 Min, 1 Hour, 1 Day.",
    headers.ORDER_STATUS: "Written by NovAlgo.",
    headers.LAST_UPDATED: "Written by NovAlgo; Pacific time.",
    headers.REASON: "Written by NovAlgo: what is wrong, and how to mend it.",
    headers.CONFIRM: "Write the new size here a second time where Reason asks for it.",
    headers.SIZING: "dollars, shares, percent (of equity) or risk (dollars; needs stop_distance).",
    headers.STOP_DISTANCE: "Dollars a share between entry and stop, such as 2.50.",
    headers.MAX_POSITION: "Dollars that an entry may come to at most.",
    headers.ALLOW_SHORT: "FALSE: no entries to the short side.",
    headers.SESSION: "When entries are taken, in New York: 09:45-15:30.",
    headers.SIGNAL_AGE: "Seconds after which an alert opens nothing.",
    headers.COOLDOWN: "Minutes between two entries of the row.",
}
_EXAMPLE: Mapping[str, Cell] = {
    headers.SYMBOL: "AAPL",
    headers.POSITION_SIZE: 5000,
    headers.ACTIVE: False,
    headers.TIMEFRAME: "15 Min",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A tab to lay out: a new one, or one that is there and holds nothing."""

    title: str
    columns: Sequence[str] = ()
    """Of the Config tab: those of `headers.OPTIONAL` to have."""


def tab_id(title: str) -> int:
    """Return the id that a new tab gets."""
    return zlib.crc32(f"NovAlgo {title}".encode()) & 0x7FFFFFFF


def requests(layout: Layout, existing: int | None) -> list[Json]:
    """Return what makes the tab; `existing` is the id of one that is there and empty."""
    tab = tab_id(layout.title) if existing is None else existing
    if layout.title == CONFIG:
        header = (*headers.INPUTS, *headers.OWNED, headers.CONFIRM, *layout.columns)
        return [*_tab(layout.title, tab, existing, header), *_config(tab, header)]
    if layout.title == risk_tab.TITLE:
        header = (risk_tab.HALT, "", *risk_tab.HEADER)
        tick = _where(tab, 0, first_row=1, end_row=2)
        return [*_tab(layout.title, tab, existing, header), _rule(tick, "BOOLEAN")]
    header = tuple(map(str, boards_tabs.HEADERS.get(layout.title, performance_tab.HEADER)))
    return list(_tab(layout.title, tab, existing, header))


def _tab(title: str, tab: int, existing: int | None, header: Sequence[str]) -> Iterator[Json]:
    size = {"frozenRowCount": 1}
    if existing is None:
        size |= {"rowCount": _ROWS, "columnCount": max(26, len(header) + 4)}
        yield {"addSheet": {"properties": {"sheetId": tab, "title": title, "gridProperties": size}}}
    else:
        shape = {"sheetId": tab, "gridProperties": size}
        fields = "gridProperties.frozenRowCount"
        yield {"updateSheetProperties": {"properties": shape, "fields": fields}}
    yield _cells(tab, 0, [_header_cell(name) for name in header], "userEnteredValue,note")
    top = {**_where(tab, 0, first_row=0, end_row=1), "endColumnIndex": len(header)}
    yield _format(top, {"backgroundColor": _HEADER_GREY, "textFormat": {"bold": True}})
    for column, name in enumerate(header):
        where = {
            "sheetId": tab,
            "dimension": "COLUMNS",
            "startIndex": column,
            "endIndex": column + 1,
        }
        yield {
            "updateDimensionProperties": {
                "range": where,
                "properties": {"pixelSize": _WIDTHS.get(name, 120)},
                "fields": "pixelSize",
            }
        }


def _config(tab: int, header: Sequence[str]) -> Iterator[Json]:
    example = [_cell(_EXAMPLE.get(name)) for name in header]
    yield _cells(tab, 1, example, "userEnteredValue")
    for column, name in enumerate(header):
        where = _where(tab, column)
        if name == headers.ACTIVE:
            yield _rule(where, "BOOLEAN")
        elif name in _LISTS:
            yield _rule(where, "ONE_OF_LIST", *_LISTS[name])
        elif name in headers.OWNED:
            yield _format(where, {"backgroundColor": _OWNED_GREY})
            whole = {"sheetId": tab, "startColumnIndex": column, "endColumnIndex": column + 1}
            yield {"addNamedRange": {"namedRange": {"name": range_name(name), "range": whole}}}
        if name == headers.ORDER_STATUS:
            yield from (_colour(where, status) for status in _COLOURS)


def _where(tab: int, column: int, first_row: int = 1, end_row: int = _ROWS) -> Json:
    return {
        "sheetId": tab,
        "startRowIndex": first_row,
        "endRowIndex": end_row,
        "startColumnIndex": column,
        "endColumnIndex": column + 1,
    }


def _cells(tab: int, row: int, cells: Sequence[Json], fields: str) -> Json:
    start = {"sheetId": tab, "rowIndex": row, "columnIndex": 0}
    return {"updateCells": {"start": start, "rows": [{"values": cells}], "fields": fields}}


def _header_cell(name: str) -> Json:
    note = _NOTES.get(name)
    return _cell(name) | ({"note": note} if note else {})


def _cell(value: Cell | None) -> Json:
    if value is None or value == "":
        return {}
    kind = {bool: "boolValue", str: "stringValue"}.get(type(value), "numberValue")
    return {"userEnteredValue": {kind: value}}


def _format(where: Json, look: Json) -> Json:
    fields = ",".join(f"userEnteredFormat.{name}" for name in look)
    return {"repeatCell": {"range": where, "cell": {"userEnteredFormat": look}, "fields": fields}}


def _rule(where: Json, kind: str, *values: str) -> Json:
    condition = {"type": kind, "values": [{"userEnteredValue": value} for value in values]}
    # Not strict: a person may write what the list lacks, and is told where that means nothing.
    rule = {"condition": condition, "strict": kind == "BOOLEAN", "showCustomUi": True}
    return {"setDataValidation": {"range": where, "rule": rule}}


def _colour(where: Json, status: RowStatus) -> Json:
    condition = {"type": "TEXT_EQ", "values": [{"userEnteredValue": status.value}]}
    rule = {"condition": condition, "format": {"backgroundColor": _COLOURS[status]}}
    return {"addConditionalFormatRule": {"rule": {"ranges": [where], "booleanRule": rule}}}
