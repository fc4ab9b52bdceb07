"""How numbers read on the page, and the line that it draws."""

from datetime import timedelta
from decimal import Decimal

import pytest

from novalgo_analytics import wording
from novalgo_analytics.equity_chart import HEIGHT, MARGIN, WIDTH, equity_chart
from novalgo_analytics.facts import EquityPoint
from tests.builders import NOON

HOUR = timedelta(hours=1)


def points(*equity: int) -> list[EquityPoint]:
    return [
        EquityPoint(at=NOON + number * HOUR, equity=Decimal(each))
        for number, each in enumerate(equity)
    ]


@pytest.mark.parametrize(
    ("amount", "read", "tone"),
    [
        pytest.param("1234.5", "+$1,234.50", "up", id="a gain has its sign"),
        pytest.param("-3", "\N{MINUS SIGN}$3.00", "down", id="and a loss"),
        pytest.param("0", "$0.00", "flat", id="nothing has none"),
        pytest.param("-0.004", "$0.00", "flat", id="less than half a cent is nothing"),
        pytest.param("0.005", "+$0.01", "up", id="half a cent is one"),
    ],
)
def test_gains_and_losses_read_without_their_colour(amount: str, read: str, tone: str) -> None:
    assert wording.gain(Decimal(amount)) == read
    assert wording.tone(Decimal(amount)) == tone


@pytest.mark.parametrize(
    ("quantity", "read"),
    [
        ("25", "25"),
        ("100", "100"),
        ("-0.333333333", "\N{MINUS SIGN}0.333333"),
        ("1200.5", "1,200.5"),
    ],
)
def test_shares_read_without_empty_decimals(quantity: str, read: str) -> None:
    assert wording.shares(Decimal(quantity)) == read


def test_times_read_in_pacific_time() -> None:
    assert wording.moment(NOON) == "Nov 11 09:00:00"


def test_the_line_runs_from_the_first_point_to_the_last_and_from_low_to_high() -> None:
    chart = equity_chart(points(100, 50, 150))

    assert chart is not None
    low, high = HEIGHT - MARGIN, MARGIN
    assert (
        chart.line == f"0.0,{(low + high) / 2:.1f} {WIDTH / 2:.1f},{low:.1f} {WIDTH:.1f},{high:.1f}"
    )
    assert (chart.lowest.equity, chart.highest.equity) == (Decimal(50), Decimal(150))


def test_equity_that_never_moved_is_a_line_in_the_middle() -> None:
    chart = equity_chart(points(100, 100))

    assert chart is not None
    assert chart.line == f"0.0,{HEIGHT / 2:.1f} {WIDTH:.1f},{HEIGHT / 2:.1f}"


def test_one_point_makes_no_line() -> None:
    assert equity_chart(points(100)) is None
    assert equity_chart([]) is None
