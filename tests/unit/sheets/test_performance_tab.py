from decimal import Decimal

import pytest

from novalgo_sheets.performance_tab import HEADER, TOTAL, dollars, lines, percent, rewrite
from novalgo_sheets.sheet import Cell, Grid
from tests.builders import a_performance_row, a_performance_updated


def a_tab(*cells: tuple[Cell, ...]) -> Grid:
    return Grid(title="Performance", cells=cells, rows=1000, columns=26)


def test_a_row_reads_as_it_always_has() -> None:
    row, _ = lines(a_performance_updated())

    assert row == (
        "AAPL", 3, 2, 1, "66.7%", "$250.50", "$83.50", "$200.25", "-$49.75",
        "2026-11-11T09:00:00-08:00",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("250.5", "$250.50"),
        ("-12", "-$12.00"),
        ("0", "$0.00"),
        ("-0.001", "$0.00"),
        ("0.005", "$0.01"),
        ("1234567.891", "$1234567.89"),
    ],
)
def test_dollars_have_a_sign_and_cents(amount: str, text: str) -> None:
    assert dollars(Decimal(amount)) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(5, 9, "55.6%"), (0, 0, "0.0%"), (3, 3, "100.0%"), (1, 1000, "0.1%")],
)
def test_percentages_have_one_decimal(part: int, whole: int, text: str) -> None:
    assert percent(part, whole) == text


def test_no_trades_are_no_division_by_zero() -> None:
    nothing = a_performance_row(
        total_trades=0, winning_trades=0, losing_trades=0, total_pnl=Decimal(0)
    )

    row, _ = lines(a_performance_updated(rows=(nothing,)))

    assert row[4:7] == ("0.0%", "$0.00", "$0.00")


def test_a_new_tab_gets_header_and_rows() -> None:
    blocks = rewrite(a_tab(), a_performance_updated())

    assert [block.values[0][0] for block in blocks] == ["symbol", "AAPL", TOTAL]


def test_rows_that_vanish_are_blanked_and_rows_that_stand_are_left() -> None:
    update = a_performance_updated()
    apple, total = lines(update)
    gone = ("MSFT", *apple[1:])

    [block] = rewrite(a_tab(HEADER, apple, total, gone), update)

    assert (block.row, block.values) == (3, [("",) * len(HEADER)])


def test_a_tab_that_shows_the_update_needs_no_write() -> None:
    update = a_performance_updated()

    assert rewrite(a_tab(HEADER, *lines(update)), update) == []


def test_the_last_line_adds_up_the_others() -> None:
    loser = a_performance_row(
        symbol="MSFT",
        total_trades=1,
        winning_trades=0,
        losing_trades=1,
        total_pnl=Decimal("-100.50"),
        best_trade=Decimal("-100.50"),
        worst_trade=Decimal("-100.50"),
    )

    *_, total = lines(a_performance_updated(rows=(a_performance_row(), loser)))

    assert total[:9] == (TOTAL, 4, 2, 2, "50.0%", "$150.00", "$37.50", "$200.25", "-$100.50")


def test_without_trades_there_is_no_total() -> None:
    assert lines(a_performance_updated(rows=())) == []
