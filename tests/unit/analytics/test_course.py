"""The lines and tables of the Performance view."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from novalgo_analytics.accounting.trades import Trade
from novalgo_analytics.facts import AccountDay
from novalgo_analytics.measures.returns import DailyReturn, sharpe
from novalgo_analytics.page.course import ROLLING, course, distribution, months, rolling_sharpe
from tests.builders import NOON

FIRST = date(2026, 1, 30)


def a_day(number: int, equity: int, opening: int = 100) -> AccountDay:
    day = FIRST + timedelta(days=number)
    return AccountDay(
        day=day, opening=Decimal(opening), equity=Decimal(equity), exposure=Decimal(0)
    )


def a_return(number: int, value: float) -> DailyReturn:
    return DailyReturn(FIRST + timedelta(days=number), value)


def a_trade(realised: str) -> Trade:
    return Trade(
        symbol="AAPL",
        timeframe="15 Min",
        order="order",
        is_long=True,
        quantity=Decimal(1),
        entry_price=Decimal(100),
        exit_price=100 + Decimal(realised),
        opened_at=NOON,
        closed_at=NOON,
        realised=Decimal(realised),
    )


def test_the_course_has_the_fall_and_what_the_benchmark_made_of_the_same_dollars() -> None:
    days = [a_day(0, 110), a_day(1, 99, 110)]
    returns = [a_return(0, 0.1), a_return(1, -0.1)]

    points = course(days, returns, [a_return(0, 0.5), a_return(1, 0.5)], {})

    assert [point.equity for point in points] == [Decimal(110), Decimal(99)]
    assert [point.drawdown for point in points] == pytest.approx([0, -0.1])
    assert [point.benchmark for point in points] == [150, 225]


def test_without_a_day_there_is_no_course() -> None:
    assert course([], [], [], {}) == []


def test_months_put_each_day_to_work_again() -> None:
    found = months([a_return(0, 0.1), a_return(1, 0.1), a_return(2, -0.5)])

    assert [(each.year, each.month) for each in found] == [(2026, 1), (2026, 2)]
    assert [each.gain for each in found] == pytest.approx([0.21, -0.5])


def test_the_rolling_ratio_begins_with_the_first_whole_quarter() -> None:
    returns = [a_return(number, 0.01 * (number % 3 - 1)) for number in range(ROLLING + 1)]

    found = rolling_sharpe(returns)

    assert list(found) == [each.day for each in returns[ROLLING - 1 :]]
    assert found[returns[-1].day] == sharpe([each.value for each in returns[1:]])


def test_every_trade_is_in_one_column_of_the_distribution() -> None:
    columns = distribution([a_trade(each) for each in ("-30", "-1", "0", "0.01", "30", "30")])

    assert sum(column.trades for column in columns) == 6
    assert (columns[0].trades, columns[-1].trades) == (1, 2)
    assert columns[0].start == -30
    assert columns[-1].end == pytest.approx(30)


def test_trades_that_earned_nothing_make_a_distribution_too() -> None:
    assert sum(column.trades for column in distribution([a_trade("0")])) == 1
    assert distribution([]) == []
