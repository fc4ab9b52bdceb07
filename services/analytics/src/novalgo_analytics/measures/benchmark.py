"""The account beside a benchmark over the same days.  Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import correlation, covariance, fmean, variance

from novalgo_analytics.measures.returns import (
    DAYS_A_YEAR,
    LEAST_TO_ANNUALISE,
    NOTHING,
    DailyReturn,
    total_return,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Over the days that both have; returns as parts."""

    symbol: str
    days: int
    own: float | None
    benchmark: float | None
    alpha: float | None
    """A year's return that the benchmark's movements do not explain."""
    beta: float | None
    correlation: float | None

    @property
    def ahead(self) -> float | None:
        """Return by how much the account did better, as a part of the start."""
        if self.own is None or self.benchmark is None:
            return None
        return self.own - self.benchmark


def compare(
    symbol: str, own: Sequence[DailyReturn], closes: Mapping[date, float]
) -> Comparison | None:
    """Return the account beside a benchmark's closes, or None where they share no day.

    The benchmark's return of a day is measured from the day of the account's return before, so
    that both span the same time; of the first from the close before it.
    """
    both = list(_side_by_side(own, closes))
    if not both:
        return None
    ours, beside = [pair[0] for pair in both], [pair[1] for pair in both]
    beta = _beta(ours, beside)
    return Comparison(
        symbol=symbol,
        days=len(both),
        own=total_return(ours),
        benchmark=total_return(beside),
        alpha=_alpha(ours, beside, beta),
        beta=beta,
        correlation=_correlation(ours, beside),
    )


def benchmark_returns(
    own: Sequence[DailyReturn], closes: Mapping[date, float]
) -> list[DailyReturn]:
    """Return the benchmark's returns over the days of the account's, as far as it has closes."""
    days = sorted(day for day in closes if closes[day] > 0)
    found = []
    before = next((day for day in reversed(days) if own and day < own[0].day), None)
    for each in own:
        if before is not None and before in closes and each.day in closes:
            found.append(DailyReturn(each.day, closes[each.day] / closes[before] - 1))
        before = each.day
    return found


def _side_by_side(
    own: Sequence[DailyReturn], closes: Mapping[date, float]
) -> Iterator[tuple[float, float]]:
    theirs = {each.day: each.value for each in benchmark_returns(own, closes)}
    yield from ((each.value, theirs[each.day]) for each in own if each.day in theirs)


def _beta(ours: Sequence[float], beside: Sequence[float]) -> float | None:
    if not _enough(beside):
        return None
    return covariance(ours, beside) / variance(beside)


def _alpha(ours: Sequence[float], beside: Sequence[float], beta: float | None) -> float | None:
    if beta is None:
        return None
    daily = fmean(own - beta * other for own, other in zip(ours, beside, strict=True))
    return float((1 + daily) ** DAYS_A_YEAR - 1)


def _correlation(ours: Sequence[float], beside: Sequence[float]) -> float | None:
    return correlation(ours, beside) if _enough(ours) and _enough(beside) else None


def _enough(values: Sequence[float]) -> bool:
    return len(values) >= LEAST_TO_ANNUALISE and max(values) - min(values) > NOTHING
