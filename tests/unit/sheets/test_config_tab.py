from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    assert read(a_row(active="maybe")).problems()[0].message == "active must be TRUE or FALSE"


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
    assert found.message == "the Config tab's first row lacks position_size, Time Frame"


def test_a_header_that_stands_there_twice_is_refused() -> None:
    found = unusable([[*HEADER, "Position-Size"], ROW])

    assert found == Unusable(
        Trouble.HEADERS, "the Config tab has more than one column named position_size"
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


def test_our_columns_get_the_first_free_ones_where_they_are_missing() -> None:
    tab = read([*ROW, "", "", "a note of the owner"])

    assert dict(tab.columns.owned) == {"Order Status": 4, "Last Updated": 8, "Reason": 9}


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
