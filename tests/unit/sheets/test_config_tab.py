from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from novalgo_common.events import Sizing
from novalgo_sheets.config_tab import ConfigTab, Trouble, Unusable, read_config
from novalgo_sheets.sheet import Cell, Cells
from tests.builders import a_config_row

HEADER: list[Cell] = ["symbol", "position_size", "active", "Time Frame", "Order Status"]
ROW: list[Cell] = ["AAPL", 5000, True, "15 Min", "READY"]


def read(*rows: list[Cell]) -> ConfigTab:
    tab = read_config([HEADER, *rows])
    assert isinstance(tab, ConfigTab)
    return tab


def unusable(cells: Cells) -> Unusable:
    tab = read_config(cells)
    assert isinstance(tab, Unusable)
    return tab


def a_row(**changes: Cell) -> list[Cell]:
    values: dict[str, Cell] = {"symbol": "AAPL", "size": 5000, "active": True, "timeframe": "15"}
    return list((values | changes).values())


def test_a_good_row_is_read() -> None:
    assert read(ROW).config() == (a_config_row(position_size=Decimal(5000)),)


@pytest.mark.parametrize(
    ("cell", "size"),
    [
        pytest.param(5000, "5000.00", id="a number"),
        pytest.param(750.5, "750.50", id="a number with cents"),
        pytest.param("$5,000", "5000.00", id="money as text"),
        pytest.param("$1,234,567.89", "1234567.89", id="money with cents"),
        pytest.param(" 5000 ", "5000.00", id="blanks around it"),
        pytest.param(20000 / 3, "6666.66", id="a formula's fraction, rounded down"),
    ],
)
def test_a_size_is_read_however_it_is_typed(cell: Cell, size: str) -> None:
    [row] = read(a_row(size=cell)).config()

    assert row.position_size == Decimal(size)


@pytest.mark.parametrize(
    "cell",
    [
        0,
        -5000,
        "",
        True,
        "5.000,00",
        "5,00",
        "50%",
        "5e3",
        "=A1*2",
        "#REF!",
        "NaN",
        "1e999",
        1e300,
        0.001,
        "٣",
    ],
)
def test_a_size_that_is_not_certain_is_refused_for_its_row_alone(cell: Cell) -> None:
    tab = read(a_row(size=cell), a_row(symbol="MSFT"))

    assert [row.symbol for row in tab.config()] == ["MSFT"]
    assert [problem.row for problem in tab.problems()] == [2]
    assert "position_size" in tab.problems()[0].message


@pytest.mark.parametrize("cell", [True, "TRUE", "true", "Yes", "yes ", 1, "1", 1.0])
def test_a_row_can_be_switched_on_in_many_words(cell: Cell) -> None:
    assert read(a_row(active=cell)).config()[0].active


@pytest.mark.parametrize("cell", [False, "FALSE", "no", 0, ""])
def test_a_row_is_off_unless_it_is_switched_on(cell: Cell) -> None:
    assert not read(a_row(active=cell)).config()[0].active


def test_an_unclear_switch_is_a_problem() -> None:
    assert read(a_row(active="maybe")).problems()[0].message == (
        "active must be TRUE or FALSE: tick or untick it"
    )


@pytest.mark.parametrize("cell", ["15 Min", "15", 15, 15.0, "15m", "15 minutes"])
def test_a_timeframe_has_one_canonical_form(cell: Cell) -> None:
    assert read(a_row(timeframe=cell)).config()[0].timeframe == "15 Min"


def test_tickers_that_look_like_values_stay_tickers() -> None:
    tab = read(a_row(symbol=True), a_row(symbol="NAN"), a_row(symbol="inf"))

    assert [row.symbol for row in tab.config()] == ["INF", "NAN", "TRUE"]


@pytest.mark.parametrize("cell", ["not a symbol", 7, "AΑPL", "=AAPL", "{{ticker}}"])
def test_a_symbol_that_is_none_is_a_problem(cell: Cell) -> None:
    assert read(a_row(symbol=cell)).problems()[0].message.startswith("symbol")


def test_two_rows_with_one_key_are_both_problems() -> None:
    tab = read(a_row(), a_row(timeframe="15 Min", size=9000), a_row(timeframe="30"))

    assert [problem.row for problem in tab.problems()] == [2, 3]
    assert [row.timeframe for row in tab.config()] == ["30 Min"]


def test_a_bad_row_still_makes_its_twin_unclear() -> None:
    assert len(read(a_row(), a_row(size="a lot")).problems()) == 2


def test_blank_rows_are_passed_over_whatever_a_checkbox_in_them_says() -> None:
    tab = read(["", "", False, "", "old status"], [], ROW)

    assert [row.number for row in tab.rows] == [4]


def test_headers_are_found_in_any_order_and_spelling() -> None:
    tab = read_config(
        [
            ["notes", "TIMEFRAME", "Active", "Position Size", " Symbol "],
            ["mine", "15 Min", True, 5000, "AAPL"],
        ]
    )

    assert isinstance(tab, ConfigTab)
    assert tab.config() == (a_config_row(position_size=Decimal(5000)),)


def test_missing_headers_are_named() -> None:
    found = unusable([["symbol", "size", "active"], ROW])

    assert found.trouble is Trouble.HEADERS
    assert found.message == ("the Config tab's first row lacks Time Frame: write the name back")


def test_a_header_that_stands_there_twice_is_refused() -> None:
    found = unusable([[*HEADER, "Position-Size"], ROW])

    assert found == Unusable(
        Trouble.HEADERS,
        "the Config tab has more than one column named position_size: "
        "rename all but one in its first row",
    )


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param([], id="no cells"),
        pytest.param([[]], id="one empty row"),
        pytest.param([["", " "]], id="blanks"),
        pytest.param([HEADER], id="a header alone"),
    ],
)
def test_an_emptied_tab_is_no_config(cells: Cells) -> None:
    assert unusable(cells).trouble is Trouble.EMPTY


def test_the_columns_that_are_there_are_known_and_where_a_free_one_is() -> None:
    tab = read([*ROW, "", "", "a note of the owner"])

    assert (dict(tab.columns.owned), tab.columns.width) == ({"Order Status": 4}, 8)


def test_people_call_columns_by_other_names() -> None:
    tab = read_config([["Ticker", "Amount", "enabled", "TF"], ["AAPL", 5000, True, "15 Min"]])

    assert isinstance(tab, ConfigTab)
    assert tab.config() == (a_config_row(position_size=Decimal(5000)),)


@pytest.mark.parametrize(
    ("cell", "mend"),
    [
        pytest.param("5.000,00", "can be read in two ways: write it like 5000", id="two ways"),
        pytest.param("5e3", "write it out", id="a power of ten as text"),
        pytest.param("=A1*2", "not a formula: type it anew", id="a formula as text"),
        pytest.param("#REF!", "mend its formula", id="a broken formula"),
        pytest.param(-5, "untick active", id="negative"),
        pytest.param(0, "untick active", id="zero"),
        pytest.param("", "is blank: write a number", id="blank"),
        pytest.param("50%", "write the bare number", id="a percentage"),
        pytest.param(1_000_000_001, "write less", id="too much"),
        pytest.param("a lot", "is not a number: write one", id="words"),
    ],
)
def test_a_bad_size_says_how_to_mend_it(cell: Cell, mend: str) -> None:
    [problem] = read(a_row(size=cell)).problems()

    assert problem.message.startswith("position_size")
    assert mend in problem.message


WIDE: list[Cell] = [
    *HEADER, "sizing", "stop distance", "MAX_POSITION", "allow_short", "session", "signal_age",
    "cooldown", "colour",
]  # fmt: skip


def read_wide(*optional: Cell, size: Cell = 5000) -> ConfigTab:
    row = ["AAPL", size, True, "15 Min", "READY", *optional]
    tab = read_config([WIDE, row])
    assert isinstance(tab, ConfigTab)
    return tab


def test_the_columns_that_an_owner_may_add_are_honoured_and_unknown_ones_passed_over() -> None:
    found = read_wide("risk", 2.5, "$9,000", False, "9:45 - 15:30", 60, 10, "blue", size=100)

    assert found.config() == (
        a_config_row(
            position_size=Decimal(100),
            sizing=Sizing.RISK,
            stop_distance=Decimal("2.5"),
            max_position=Decimal(9000),
            allow_short=False,
            session="09:45-15:30",
            max_signal_age=60,
            cooldown=600,
        ),
    )


def test_blank_cells_in_added_columns_change_nothing() -> None:
    assert read_wide("", "", "", "", "", "", "").config() == (a_config_row(),)


@pytest.mark.parametrize(
    ("optional", "size", "words"),
    [
        pytest.param(["lots"], 5, "sizing must be dollars, shares", id="unknown sizing"),
        pytest.param(["risk"], 5, "needs stop_distance", id="risk without a stop"),
        pytest.param(["risk", 0.02], 5, "write 2.50, not 2%", id="a stop typed as 2%"),
        pytest.param(["percent"], 0.05, "not 5%", id="a share typed as 5%"),
        pytest.param(["percent"], 101, "above 100", id="more than everything"),
        pytest.param(["shares"], 1e-9, "millionth", id="next to no shares"),
        pytest.param(["", "", "much"], 5, "max_position much is not", id="a limit in words"),
        pytest.param(["", "", "", "maybe"], 5, "allow_short must be", id="an unclear switch"),
        pytest.param(["", "", "", "", "9-16"], 5, "such as 09:45-15:30", id="hours only"),
        pytest.param(["", "", "", "", "16:00-09:30"], 5, "session", id="back to front"),
        pytest.param(["", "", "", "", "9:75-16:00"], 5, "session", id="no such minute"),
        pytest.param(["", "", "", "", "", 0], 5, "signal_age", id="no age at all"),
        pytest.param(["", "", "", "", "", "", 99999999], 5, "30 days", id="for ever"),
    ],
)
def test_a_bad_cell_in_an_added_column_is_told(
    optional: list[Cell], size: Cell, words: str
) -> None:
    [problem] = read_wide(*optional, size=size).problems()

    assert words in problem.message


def test_a_size_above_the_cap_is_refused() -> None:
    tab = read_config([HEADER, ROW], cap=Decimal(4000))

    assert isinstance(tab, ConfigTab)
    assert tab.problems()[0].message == (
        "position_size is above 4,000, the most that is allowed: write less"
    )


@given(
    st.permutations([a_row(), a_row(symbol="MSFT"), a_row(symbol="TSLA", active=False)]),
    st.permutations(range(5)),
)
def test_sorting_rows_or_columns_is_no_change(rows: list[list[Cell]], order: list[int]) -> None:
    sorted_cells = [
        [line[column] for column in order] for line in [HEADER, *([*row, ""] for row in rows)]
    ]

    tab = read_config(sorted_cells)

    assert isinstance(tab, ConfigTab)
    assert [row.symbol for row in tab.config()] == ["AAPL", "MSFT", "TSLA"]


cells = st.one_of(
    st.text(max_size=12), st.booleans(), st.integers(), st.floats(), st.sampled_from(HEADER)
)


@given(st.lists(st.lists(cells, max_size=7), max_size=5))
def test_whatever_stands_in_the_sheet_is_read_or_refused_but_never_an_error(
    found: list[list[Cell]],
) -> None:
    read_config(found)
    read_config([HEADER, *found])
