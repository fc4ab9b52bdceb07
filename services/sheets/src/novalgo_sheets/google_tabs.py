"""Which of a spreadsheet's tabs are ours: by title, or held by a named range over the first row.

A named range keeps the tab's id, so that a tab that a person renames is still found.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from novalgo_sheets.layout import BOARDS, CONFIG
from novalgo_sheets.performance_tab import TITLE as PERFORMANCE

Json: TypeAlias = dict[str, Any]

OTHERS = (PERFORMANCE, *BOARDS)
"""Our tabs beside Config, which its columns' named ranges hold."""
_PREFIX = "NovAlgo_tab_"


@dataclass(frozen=True, slots=True)
class Tab:
    title: str
    """As it is spelled now."""
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A tab's named range."""

    range_id: str
    tab_id: int | None
    """None where the row that it lay over is gone."""


def all_tabs(book: Mapping[str, Any]) -> Sequence[Tab]:
    """Return every tab of a spreadsheet's metadata."""
    each = (sheet["properties"] for sheet in book["sheets"])
    return [Tab(shape["title"], shape.get("sheetId", 0)) for shape in each]


def held_tabs(book: Mapping[str, Any]) -> Mapping[str, Held]:
    """Return the tabs of `OTHERS` that are held, by our title."""
    names = {_PREFIX + title: title for title in OTHERS}
    return {
        names[each["name"]]: Held(range_id=each["namedRangeId"], tab_id=_tab_id(each))
        for each in book.get("namedRanges", [])
        if each["name"] in names
    }


def our_tabs(
    tabs: Sequence[Tab], held: Mapping[str, Held], held_config: int | None
) -> Mapping[str, Tab]:
    """Return ours that are there, by our title.

    A tab of the title, in any capitals, comes before one that had it once.  What is the Config tab
    is no other, whatever it is called.
    """
    by_title = {tab.title.strip().lower(): tab for tab in tabs}
    by_id: Mapping[int | None, Tab] = {tab.id: tab for tab in tabs}
    config = by_title.get(CONFIG.lower()) or by_id.get(held_config)
    found = {CONFIG: config} if config else {}
    for title in OTHERS:
        was = by_id.get(held[title].tab_id) if title in held else None
        tab = by_title.get(title.lower()) or was
        if tab is not None and tab != config:
            found[title] = tab
    return found


def hold_requests(
    titles: Collection[str], tabs: Mapping[str, Tab], held: Mapping[str, Held]
) -> Iterator[Json]:
    """Yield what takes hold of those of `OTHERS` among the titles that are not held yet."""
    for title in OTHERS:
        if title not in titles or title not in tabs:
            continue
        tab, known = tabs[title], held.get(title)
        where = {"sheetId": tab.id, "startRowIndex": 0, "endRowIndex": 1}
        range_ = {"name": _PREFIX + title, "range": where}
        if known is None:
            yield {"addNamedRange": {"namedRange": range_}}
        elif known.tab_id != tab.id:
            changed = {**range_, "namedRangeId": known.range_id}
            yield {"updateNamedRange": {"namedRange": changed, "fields": "range"}}


def _tab_id(named: Mapping[str, Any]) -> int | None:
    where: Json = named.get("range", {})
    return int(where.get("sheetId", 0)) if "endRowIndex" in where else None
