"""The `spreadsheets.values` methods: pure functions from tabs and a request to tabs and an answer.

Request and answer shapes: https://developers.google.com/sheets/api/reference/rest
"""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any, TypeAlias

from novalgo_simulator.google import cells, grid
from novalgo_simulator.google.errors import GoogleError
from novalgo_simulator.google.ranges import Area, parse_range
from novalgo_simulator.google.workbook import Tabs

Json: TypeAlias = dict[str, Any]

_RENDERED = {
    "FORMATTED_VALUE": cells.formatted,
    "UNFORMATTED_VALUE": cells.unformatted,
    "FORMULA": cells.formula,
}
_ENTERED = {"RAW": cells.raw, "USER_ENTERED": cells.user_entered}


def get(tabs: Tabs, range_: str, option: str | None, dimension: str | None = None) -> Json:
    """Return the range's values (`values.get`); `option` is the valueRenderOption."""
    render = _chosen(_RENDERED, option or "FORMATTED_VALUE", "value_render_option")
    area = area_of(tabs, range_)
    tab = tabs[area.title]
    values: list[list[Any]] = [[render(cell) for cell in row] for row in grid.read(tab, area)]
    by_columns = dimension == "COLUMNS"
    answer: Json = {
        "range": str(area.within(tab.rows, tab.columns)),
        "majorDimension": "COLUMNS" if by_columns else "ROWS",
    }
    if values:
        answer["values"] = _transposed(values, "") if by_columns else values
    return answer


def update(
    tabs: Tabs, range_: str, body: Mapping[str, Any], option: str | None
) -> tuple[Tabs, Json]:
    """Write one ValueRange (`values.update`); `option` is the valueInputOption."""
    entered = _chosen(_ENTERED, option or "", "value_input_option")
    area = area_of(tabs, range_)
    values = _values(body)
    tab = grid.write(tabs[area.title], area, values, entered)
    return {**tabs, area.title: tab}, _updated(area, values)


def batch_update(tabs: Tabs, body: Mapping[str, Any]) -> tuple[Tabs, list[Json]]:
    """Write several ValueRanges, all or none (`values.batchUpdate`)."""
    answers = []
    for value_range in body.get("data") or []:
        tabs, answer = update(
            tabs, str(value_range.get("range")), value_range, body.get("valueInputOption")
        )
        answers.append(answer)
    return tabs, answers


def append(
    tabs: Tabs, range_: str, body: Mapping[str, Any], option: str | None
) -> tuple[Tabs, Json]:
    """Write below the table that the range begins in (`values.append`).

    Google looks for a table around the range and may begin in another column; here the rows always
    begin in the range's first one.
    """
    area = parse_range(range_, list(tabs))
    tab, values = tabs[area.title], _values(body)
    end = _end_of_table(grid.read(tab, Area(title=area.title)), area)
    below = _cell(area.title, end, area.first_column)
    grown = grid.resize(tab, max(tab.rows, end + len(values)), tab.columns)
    tabs, answer = update({**tabs, area.title: grown}, str(below), body, option)
    return tabs, {"updates": answer}


def clear(tabs: Tabs, ranges: Sequence[str]) -> tuple[Tabs, list[str]]:
    """Empty the ranges' cells (`values.batchClear`); return what was cleared."""
    cleared = []
    for range_ in ranges:
        area = parse_range(range_, list(tabs))
        tab = tabs[area.title]
        cleared.append(str(area.within(tab.rows, tab.columns)))
        tabs = {**tabs, area.title: grid.clear(tab, area)}
    return tabs, cleared


def area_of(tabs: Tabs, range_: str) -> Area:
    """Return the cells that a range in A1 notation, or the name of a named range, means."""
    for tab in tabs.values():
        if range_ in tab.dress.named:
            where = tab.dress.named[range_].where
            return Area(
                title=tab.title,
                first_row=where.get("startRowIndex", 0),
                end_row=where.get("endRowIndex"),
                first_column=where.get("startColumnIndex", 0),
                end_column=where.get("endColumnIndex"),
            )
    return parse_range(range_, list(tabs))


def totals(answers: Sequence[Json]) -> Json:
    """Return the sums that `values.batchUpdate` answers with."""
    titles = {str(answer["updatedRange"]).rpartition("!")[0] for answer in answers}
    return {
        "totalUpdatedSheets": len(titles),
        "totalUpdatedRows": sum(answer["updatedRows"] for answer in answers),
        "totalUpdatedColumns": sum(answer["updatedColumns"] for answer in answers),
        "totalUpdatedCells": sum(answer["updatedCells"] for answer in answers),
    }


def _chosen(options: Mapping[str, Any], name: str, field: str) -> Any:
    if name not in options:
        raise GoogleError(400, f"Invalid value at '{field}': \"{name}\"")
    return options[name]


def _values(body: Mapping[str, Any]) -> list[list[cells.Value | None]]:
    rows = body.get("values") or []
    for cell in (cell for row in rows for cell in row):
        if isinstance(cell, dict | list):
            raise GoogleError(400, "Invalid values: a cell holds a text, a number or a boolean")
    if body.get("majorDimension") == "COLUMNS":
        return _transposed(rows, None)
    return [list(row) for row in rows]


def _transposed(rows: Sequence[Sequence[Any]], missing: str | None) -> list[list[Any]]:
    return [list(column) for column in zip_longest(*rows, fillvalue=missing)]


def _cell(title: str, row: int, column: int) -> Area:
    return Area(
        title=title,
        first_row=row,
        end_row=row + 1,
        first_column=column,
        end_column=column + 1,
    )


def _end_of_table(rows: Sequence[Sequence[str]], area: Area) -> int:
    """Return the row below the table: after the last row, or at the first blank from a cell on."""
    if area.end_row is None:
        return len(rows)
    row = area.first_row
    while row < len(rows) and rows[row]:
        row += 1
    return row


def _updated(area: Area, values: Sequence[Sequence[object]]) -> Json:
    width = max(map(len, values), default=0)
    written = Area(
        title=area.title,
        first_row=area.first_row,
        end_row=area.first_row + max(len(values), 1),
        first_column=area.first_column,
        end_column=area.first_column + max(width, 1),
    )
    return {
        "updatedRange": str(written),
        "updatedRows": len(values),
        "updatedColumns": width,
        "updatedCells": sum(value is not None for row in values for value in row),
    }
