"""What is written to the sheet, as a function of the newest read and the store."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from novalgo_common.events import ConfigChanged, RowStatus
from novalgo_sheets.config_tab import ConfigTab, read_config
from novalgo_sheets.kept import Kept, KeptConfig
from novalgo_sheets.plan import Plan, announcements, next_config, plan
from novalgo_sheets.sheet import Cell, Grid, Reading
from novalgo_sheets.status import Change
from tests.builders import NOON, SIGNAL_ID
from tests.fake_sheet import put

HEADER: list[Cell] = [
    "symbol", "position_size", "active", "Time Frame", "Order Status", "Last Updated", "Reason"
]  # fmt: skip
NOON_IN_CALIFORNIA = "2026-11-11T09:00:00-08:00"
LATER = NOON + timedelta(hours=1)


def a_grid(*rows: list[Cell], header: list[Cell] = HEADER) -> Grid:
    return Grid(title="Config", cells=[header, *rows], rows=1000, columns=26)


def a_row(symbol: str = "AAPL", *, active: bool = True) -> list[Cell]:
    return [symbol, 5000, active, "15 Min"]


def a_change(symbol: str = "AAPL", **changes: object) -> Change:
    ordinary = Change(
        event_id=uuid4(),
        signal_id=SIGNAL_ID,
        key=(symbol, "15 Min"),
        at=LATER,
        status=RowStatus.FILLED,
    )
    return replace(ordinary, **changes)  # type: ignore[arg-type]


def kept_after(grid: Grid, *changes: Change, before: KeptConfig | None = None) -> Kept:
    tab = tab_of(grid)
    config = next_config(tab, before, now=NOON, event_id=uuid4()) or before
    return Kept(config=config, changes=changes)


def tab_of(grid: Grid) -> ConfigTab:
    tab = read_config(grid.cells)
    assert isinstance(tab, ConfigTab)
    return tab


def planned(grid: Grid, kept: Kept) -> Plan:
    tab = tab_of(grid)
    return plan(Reading(config=grid, anchors=tab.columns.owned), tab, kept)


def after(grid: Grid, todo: Plan) -> Grid:
    """Return the grid as a server leaves it that has carried out the plan."""
    cells = [list(row) for row in grid.cells]
    for anchor in todo.anchors:
        put(cells, 0, anchor.column, anchor.name)
    columns = tab_of(replace(grid, cells=cells)).columns.owned
    for strip in todo.strips:
        for row, text in strip.cells.items():
            put(cells, row, columns[strip.anchor], text)
    return replace(grid, cells=cells)


def shown(grid: Grid, number: int = 2) -> list[Cell]:
    return list(grid.cells[number - 1][4:7])


def test_a_row_without_history_is_ready_since_it_stands_in_the_sheet() -> None:
    grid = a_grid(a_row())

    written = after(grid, planned(grid, kept_after(grid)))

    assert shown(written) == ["READY", NOON_IN_CALIFORNIA]


def test_an_inactive_row_shows_its_history_again_once_it_is_active() -> None:
    active, inactive = a_grid(a_row()), a_grid(a_row(active=False))
    filled = a_change(at=NOON - timedelta(hours=1))
    kept = kept_after(inactive, filled)

    off = after(inactive, planned(inactive, kept))
    on = after(active, planned(active, kept_after(active, filled, before=kept.config)))

    assert shown(off)[0] == "INACTIVE"
    assert shown(on) == ["FILLED", NOON_IN_CALIFORNIA]


def test_a_bad_row_says_what_is_wrong_with_it_before_what_its_signals_did() -> None:
    grid = a_grid(["AAPL", "a lot", True, "15 Min"])

    written = after(grid, planned(grid, kept_after(grid, a_change())))

    assert shown(written)[0] == "FAILED"
    assert shown(written)[2] == "position_size a lot is not a number: write one, such as 5000"


def test_rows_are_found_where_a_sort_has_put_them() -> None:
    grid = a_grid(a_row("MSFT"), a_row("AAPL"))

    written = after(grid, planned(grid, kept_after(grid, a_change("AAPL"))))

    assert (shown(written, 2)[0], shown(written, 3)[0]) == ("READY", "FILLED")


def test_only_cells_that_differ_are_written() -> None:
    grid = a_grid([*a_row(), "READY", "yesterday", ""])

    [strip] = planned(grid, kept_after(grid)).strips

    assert (strip.anchor, list(strip.cells)) == ("Last Updated", [1])


def test_a_missing_column_of_ours_is_added_with_its_header() -> None:
    grid = a_grid(a_row(), header=HEADER[:6])

    written = after(grid, planned(grid, kept_after(grid)))

    assert written.cells[0] == HEADER


def test_a_change_is_announced_after_the_write_that_shows_it() -> None:
    grid, change = a_grid(a_row()), a_change(reason="because")

    todo = planned(grid, kept_after(grid, change))

    [shown_then] = todo.written
    event = shown_then.announcement(LATER)
    assert todo.standing == ()
    assert (event.status, event.reason) == (RowStatus.FILLED, "because")
    assert event.correlation_id == SIGNAL_ID


def test_a_change_that_the_sheet_shows_already_is_announced_without_a_write() -> None:
    grid, change = a_grid(a_row()), a_change()
    kept = kept_after(grid, change)

    again = planned(after(grid, planned(grid, kept)), kept)

    assert again.strips == ()
    assert [item.change for item in again.standing] == [change]


def test_changes_that_one_write_overtook_are_announced_once_a_signal() -> None:
    grid, other = a_grid(a_row()), uuid4()
    submitted = a_change(status=RowStatus.ORDER_SUBMITTED, at=NOON)
    earlier = a_change(status=RowStatus.WAITING, at=NOON - timedelta(hours=1), signal_id=other)

    todo = planned(grid, kept_after(grid, submitted, a_change(), earlier))

    told = announcements(todo.written, LATER)
    assert [(event.correlation_id, event.status) for event in told] == [
        (other, RowStatus.FILLED),
        (SIGNAL_ID, RowStatus.FILLED),
    ]


def test_a_change_without_a_row_waits_for_one() -> None:
    grid = a_grid(a_row("MSFT"))

    todo = planned(grid, kept_after(grid, a_change("AAPL")))

    assert (todo.standing, todo.written) == ((), ())


def test_a_sorted_sheet_is_no_new_config_and_an_edited_one_is_the_next_version() -> None:
    before = kept_after(a_grid(a_row("MSFT"), a_row("AAPL"))).config

    same = next_config(
        tab_of(a_grid(a_row("AAPL"), a_row("MSFT"))), before, now=LATER, event_id=uuid4()
    )
    edited = next_config(tab_of(a_grid(a_row("AAPL"))), before, now=LATER, event_id=uuid4())

    assert same is None
    assert edited is not None
    assert isinstance(edited.event, ConfigChanged)
    assert edited.event.version == 2


SYMBOLS = ("AAPL", "MSFT", "TSLA", "BRK.B")


@given(
    st.permutations(SYMBOLS),
    st.permutations(range(7)),
    st.lists(st.sampled_from(["", "READY", "FILLED", "FAILED", 7, True]), min_size=12, max_size=12),
    st.sets(st.sampled_from(SYMBOLS)),
)
def test_one_write_puts_any_sheet_right(
    symbols: list[str], order: list[int], owned: list[Cell], filled: set[str]
) -> None:
    rows = [[*a_row(symbol), *owned[3 * n : 3 * n + 3]] for n, symbol in enumerate(symbols)]
    grid = a_grid(
        *([row[column] for column in order] for row in rows),
        header=[HEADER[column] for column in order],
    )
    kept = kept_after(grid, *(a_change(symbol) for symbol in filled))

    written = after(grid, planned(grid, kept))

    assert planned(written, kept).strips == ()
    for row in written.cells[1:]:
        expected = "FILLED" if row[order.index(0)] in filled else "READY"
        assert row[order.index(4)] == expected
