"""The ratios on real prices, against the oracle: Google's days, and months of stocks and indexes.

The prices lie in matplotlib's sample data, which its wheel installs under matplotlib's own licence:
Google's daily closes from August 2004 to October 2008, and closes of months from Yahoo Finance.
"""

import csv
import warnings
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest

from novalgo_analytics.measures.benchmark import compare
from novalgo_analytics.measures.drawdown import calmar, deepest, underwater
from novalgo_analytics.measures.returns import DailyReturn, ratios

SAMPLES = Path(mpl.get_data_path()) / "sample_data"
Prices = Sequence[tuple[date, float]]


@pytest.fixture(scope="module")
def oracle() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return __import__("empyrical")


def google() -> Prices:
    days = np.load(SAMPLES / "goog.npz")["price_data"]
    return [(day["date"].item(), float(day["adj_close"])) for day in days]


def months(name: str) -> Prices:
    """Return the closes of the months that have one; the file's own first lines are remarks."""
    with (SAMPLES / "Stocks.csv").open(newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return [
            (datetime.fromisoformat(row["Date"]).date(), float(row[name]))
            for row in rows
            if row[name]
        ]


def returns(prices: Prices) -> list[DailyReturn]:
    return [DailyReturn(day, now / before - 1) for (_, before), (day, now) in pairwise(prices)]


REAL = [
    pytest.param(google, id="Google's days"),
    *(
        pytest.param(lambda name=name: months(name), id=f"months of {name}")
        for name in ("IBM", "AAPL", "MSFT", "AMZN", "^GSPC")
    ),
]


@pytest.mark.parametrize("prices", REAL)
def test_every_ratio_equals_the_oracles(oracle: Any, prices: Any) -> None:
    own = returns(prices())
    values = np.array([each.value for each in own])

    found, fall = ratios(own), deepest(own)

    assert found.total == pytest.approx(oracle.cum_returns_final(values))
    assert found.annual == pytest.approx(oracle.annual_return(values))
    assert found.volatility == pytest.approx(oracle.annual_volatility(values))
    assert found.sharpe == pytest.approx(oracle.sharpe_ratio(values))
    assert found.sortino == pytest.approx(oracle.sortino_ratio(values))
    assert calmar(own) == pytest.approx(oracle.calmar_ratio(values))
    assert fall is not None
    assert fall.depth == pytest.approx(oracle.max_drawdown(values))
    assert found.best_day is not None
    assert found.worst_day is not None
    assert (found.best_day.value, found.worst_day.value) == (values.max(), values.min())


@pytest.mark.parametrize("name", ["IBM", "AAPL", "MSFT", "AMZN"])
def test_beside_a_real_index_the_comparison_equals_the_oracles(oracle: Any, name: str) -> None:
    index = dict(months("^GSPC"))
    own = returns(months(name))
    beside = [each.value for each in returns(list(index.items()))][-len(own) :]
    values = np.array([each.value for each in own])

    found = compare("^GSPC", own, index)

    assert found is not None
    assert found.days == len(own)
    assert found.beta == pytest.approx(oracle.beta(values, np.array(beside)))
    assert found.alpha == pytest.approx(oracle.alpha(values, np.array(beside)))
    assert found.benchmark == pytest.approx(oracle.cum_returns_final(np.array(beside)))
    assert found.correlation == pytest.approx(np.corrcoef(values, beside)[0, 1])


def test_googles_fall_is_that_of_its_prices() -> None:
    prices = google()

    fall = deepest(returns(prices))

    assert fall is not None
    assert fall.peak is not None
    by_day = dict(prices)
    assert by_day[fall.trough] / by_day[fall.peak] - 1 == pytest.approx(fall.depth)
    assert by_day[fall.peak] == max(by_day.values())
    assert min(underwater(returns(prices))) == fall.depth
    assert fall.trough - fall.peak > timedelta(days=300)
