"""Daily returns, and the ratios that are made of them.  Pure.

A return is the part by which the equity grew from one close of the exchange to the next.  Every
function returns None where there is not enough data to say anything: never NaN, never infinity.
Definitions and sources are in docs/metrics.md.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import sqrt
from statistics import fmean, stdev

from novalgo_analytics.facts import AccountDay

DAYS_A_YEAR = 252
LEAST_TO_ANNUALISE = 30
"""Returns.  One day of +5 % would be 21,862,578 % a year."""
NOTHING = 1e-15
"""A spread below this is the noise of floats, not a spread."""


@dataclass(frozen=True, slots=True)
class DailyReturn:
    day: date
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRatios:
    """Annualised but for `total`; as parts, so that 0.05 is 5 %."""

    days: int
    total: float | None
    annual: float | None
    volatility: float | None
    sharpe: float | None
    sortino: float | None
    best_day: DailyReturn | None
    worst_day: DailyReturn | None


def daily_returns(days: Sequence[AccountDay], sessions: Container[date]) -> list[DailyReturn]:
    """Return the time-weighted return of each of the exchange's days, oldest first.

    The first is measured from the close before it, so that a loss on the first day counts.  Over
    days on which the account was not stated one return stands for all of them.  What is moved in
    counts as there from the day's begin, what is moved out as there to its end.
    """
    found = []
    before: float | None = None
    moved_in = moved_out = 0.0
    for each in days:
        moved_in += float(each.moved_in)
        moved_out += float(each.moved_out)
        if each.day not in sessions:
            continue
        start = (float(each.opening) if before is None else before) + moved_in
        before = float(each.equity)
        if start > 0:
            found.append(DailyReturn(each.day, (before + moved_out) / start - 1))
        moved_in = moved_out = 0.0
    return found


def ratios(returns: Sequence[DailyReturn]) -> ReturnRatios:
    values = [each.value for each in returns]
    return ReturnRatios(
        days=len(values),
        total=total_return(values),
        annual=annual_return(values),
        volatility=volatility(values),
        sharpe=sharpe(values),
        sortino=sortino(values),
        best_day=max(returns, key=lambda each: each.value, default=None),
        worst_day=min(returns, key=lambda each: each.value, default=None),
    )


def total_return(values: Sequence[float]) -> float | None:
    """Return what one dollar grew by, each return put to work again."""
    return _grown(values) - 1 if values else None


def annual_return(values: Sequence[float]) -> float | None:
    """Return the growth of a year at the same pace (compound annual growth rate)."""
    if len(values) < LEAST_TO_ANNUALISE or (grown := _grown(values)) <= 0:
        return None
    return float(grown ** (DAYS_A_YEAR / len(values)) - 1)


def volatility(values: Sequence[float]) -> float | None:
    """Return the sample standard deviation of the returns, by the square root of a year's days."""
    if len(values) < LEAST_TO_ANNUALISE:
        return None
    return stdev(values) * sqrt(DAYS_A_YEAR)


def sharpe(values: Sequence[float], risk_free: float = 0.0) -> float | None:
    """Return the mean daily return over `risk_free` (a day) by its deviation, for a year."""
    if len(values) < LEAST_TO_ANNUALISE:
        return None
    return _sharpe(tuple(values), risk_free)


@lru_cache(maxsize=4096)
def _sharpe(values: tuple[float, ...], risk_free: float) -> float | None:
    # Remembered: of years of rolling quarters only the newest one changes.
    if (spread := stdev(values)) < NOTHING:
        return None
    return (fmean(values) - risk_free) / spread * sqrt(DAYS_A_YEAR)


def sortino(values: Sequence[float], target: float = 0.0) -> float | None:
    """Return the same, by the deviation below `target` (a day) only."""
    if len(values) < LEAST_TO_ANNUALISE:
        return None
    below = sqrt(fmean([min(value - target, 0.0) ** 2 for value in values]))
    if below < NOTHING:
        return None
    return (fmean(values) - target) / below * sqrt(DAYS_A_YEAR)


def _grown(values: Sequence[float]) -> float:
    grown = 1.0
    for value in values:
        grown *= 1 + value
    return grown
