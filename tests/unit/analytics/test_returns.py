"""Ratios against worked examples, against their formulas in numpy, and against an oracle."""

import warnings
from datetime import date, timedelta
from decimal import Decimal
from math import inf, isfinite
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from novalgo_analytics.facts import AccountDay
from novalgo_analytics.measures.benchmark import compare
from novalgo_analytics.measures.drawdown import calmar, deepest, underwater
from novalgo_analytics.measures.returns import (
    LEAST_TO_ANNUALISE,
    DailyReturn,
    annual_return,
    daily_returns,
    ratios,
    sharpe,
    sortino,
    total_return,
    volatility,
)

FIRST = date(2026, 1, 2)
DAY = timedelta(days=1)


def series(*values: float) -> list[DailyReturn]:
    return [DailyReturn(FIRST + number * DAY, value) for number, value in enumerate(values)]


def a_day(number: int, equity: str, opening: str = "0") -> AccountDay:
    return AccountDay(
        day=FIRST + number * DAY,
        opening=Decimal(opening),
        equity=Decimal(equity),
        exposure=Decimal("0.5"),
    )


def random_walk(seed: int, days: int = 500) -> list[float]:
    chance = np.random.default_rng(seed)
    return [float(value) for value in chance.normal(0.0005, 0.012, days)]


@pytest.fixture(scope="module")
def oracle() -> Any:
    # Its import takes some seconds, for pandas and scipy, and warns of pandas 4.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return __import__("empyrical")


@pytest.mark.parametrize("seed", range(4))
def test_ratios_equal_the_oracles(oracle: Any, seed: int) -> None:
    values = random_walk(seed)
    returns = np.array(values)

    assert total_return(values) == pytest.approx(oracle.cum_returns_final(returns))
    assert annual_return(values) == pytest.approx(oracle.annual_return(returns))
    assert volatility(values) == pytest.approx(oracle.annual_volatility(returns))
    assert sharpe(values) == pytest.approx(oracle.sharpe_ratio(returns))
    assert sortino(values) == pytest.approx(oracle.sortino_ratio(returns))
    assert calmar(series(*values)) == pytest.approx(oracle.calmar_ratio(returns))
    fall = deepest(series(*values))
    assert fall is not None
    assert fall.depth == pytest.approx(oracle.max_drawdown(returns))


@pytest.mark.parametrize("seed", range(4))
def test_the_comparison_equals_the_oracles(oracle: Any, seed: int) -> None:
    values, other = random_walk(seed), random_walk(seed + 100)
    closes = {FIRST - DAY: 400.0}
    for number, value in enumerate(other):
        closes[FIRST + number * DAY] = closes[FIRST + (number - 1) * DAY] * (1 + value)

    found = compare("SPY", series(*values), closes)

    assert found is not None
    assert found.beta == pytest.approx(oracle.beta(np.array(values), np.array(other)))
    assert found.alpha == pytest.approx(oracle.alpha(np.array(values), np.array(other)))
    assert found.benchmark == pytest.approx(total_return(other))
    assert found.correlation == pytest.approx(np.corrcoef(values, other)[0, 1])


def test_sharpe_is_the_mean_over_the_sample_deviation_by_the_root_of_252() -> None:
    values = [0.01, -0.005, 0.002] * 10

    expected = np.mean(values) / np.std(values, ddof=1) * np.sqrt(252)
    assert sharpe(values) == pytest.approx(float(expected))


def test_sortino_counts_only_what_is_below_the_target_over_all_days() -> None:
    values = [0.01, -0.005, 0.002] * 10

    below = np.sqrt(10 * 0.005**2 / 30)
    assert sortino(values) == pytest.approx(float(np.mean(values) / below * np.sqrt(252)))


def test_a_fall_has_its_days_and_its_recovery() -> None:
    fall = deepest(series(0.1, -0.2, 0.1, 0.15, 0.0))

    assert fall is not None
    assert fall.depth == pytest.approx(-0.2)
    assert (fall.peak, fall.trough, fall.recovered) == (FIRST, FIRST + DAY, FIRST + 3 * DAY)
    assert fall.days == 3


def test_a_fall_that_begins_on_the_first_day_counts_from_the_start() -> None:
    fall = deepest(series(-0.1, -0.1, 0.05))

    assert fall is not None
    assert fall.depth == pytest.approx(-0.19)
    assert fall.peak is None
    assert fall.recovered is None
    assert fall.days == 3


def test_equity_that_only_rose_never_fell() -> None:
    assert deepest(series(0.1, 0.0, 0.1)) is None
    assert underwater(series(0.1, 0.0, 0.1)) == [0, 0, 0]


def test_a_loss_on_the_first_day_counts() -> None:
    [first, second] = daily_returns(
        [a_day(0, "90", opening="100"), a_day(1, "99", opening="1")], {FIRST, FIRST + DAY}
    )

    assert first.value == pytest.approx(-0.1)
    assert second.value == pytest.approx(0.1)


def test_days_on_which_the_exchange_is_closed_are_no_days() -> None:
    days = [a_day(0, "100", opening="100"), a_day(1, "104"), a_day(2, "110")]

    found = daily_returns(days, {FIRST, FIRST + 2 * DAY})

    assert [each.day for each in found] == [FIRST, FIRST + 2 * DAY]
    assert found[-1].value == pytest.approx(0.1)


def test_three_days_are_not_made_a_year_of() -> None:
    found = ratios(series(0.05, 0.01, -0.02))

    assert found.total == pytest.approx(1.05 * 1.01 * 0.98 - 1)
    assert (found.annual, found.volatility, found.sharpe, found.sortino) == (None,) * 4
    assert calmar(series(0.05, -0.01)) is None


def test_no_day_is_not_enough_data() -> None:
    assert ratios([]).total is None
    assert compare("SPY", [], {FIRST: 400.0}) is None


def test_the_benchmark_spans_the_days_that_the_account_was_not_stated() -> None:
    own = [DailyReturn(FIRST + DAY, 0.0), DailyReturn(FIRST + 4 * DAY, 0.1)]
    closes = {FIRST + number * DAY: 100.0 + number for number in range(5)}

    found = compare("SPY", own, closes)

    assert found is not None
    assert found.benchmark == pytest.approx(0.04)


@given(st.lists(st.floats(-0.99, 3, allow_nan=False) | st.just(0.0), max_size=80))
def test_no_ratio_is_ever_infinite_or_no_number(values: list[float]) -> None:
    found = ratios(series(*values))

    for ratio in (found.total, found.annual, found.volatility, found.sharpe, found.sortino):
        assert ratio is None or isfinite(ratio)
        assert ratio != inf


@given(st.floats(-0.5, 0.5), st.integers(LEAST_TO_ANNUALISE, 60))
def test_returns_that_never_vary_have_no_sharpe(value: float, count: int) -> None:
    assert sharpe([value] * count) is None
