"""How the account went, day by day, as lines and tables of the page.  Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import prod

from novalgo_analytics.accounting.trades import Trade
from novalgo_analytics.facts import AccountDay
from novalgo_analytics.measures.drawdown import underwater
from novalgo_analytics.measures.returns import DailyReturn, sharpe

ROLLING = 63
"""The exchange's days of a quarter."""
COLUMNS = 15
"""Of the distribution; the middle one is about nothing earned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPoint:
    """One of the exchange's days.  Parts, so that 0.05 is 5 %."""

    at: date
    equity: Decimal
    gain: float
    """On the day before."""
    drawdown: float
    """Below the highest point so far; zero or negative."""
    benchmark: float | None
    """The dollars that the benchmark would have made of the equity before the first day."""
    sharpe: float | None
    """Of the last quarter; None before there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    year: int
    month: int
    gain: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """How many trades earned between two amounts, the lower one included."""

    start: float
    end: float
    trades: int


def course(
    days: Sequence[AccountDay],
    returns: Sequence[DailyReturn],
    benchmark: Sequence[DailyReturn],
    sharpes: Mapping[date, float | None],
) -> list[DayPoint]:
    """Return the points of the days that have a return, oldest first."""
    equity = {each.day: each.equity for each in days}
    openings = {each.day: each.opening for each in days}
    beside = _grown(float(openings[returns[0].day]), benchmark) if returns else {}
    falls = underwater(returns)
    return [
        DayPoint(
            at=each.day,
            equity=equity[each.day],
            gain=each.value,
            drawdown=falls[number],
            benchmark=beside.get(each.day),
            sharpe=sharpes.get(each.day),
        )
        for number, each in enumerate(returns)
    ]


def rolling_sharpe(returns: Sequence[DailyReturn]) -> dict[date, float | None]:
    """Return the ratio of the quarter up to each day, for the days that have a quarter."""
    return {
        returns[end - 1].day: sharpe([each.value for each in returns[end - ROLLING : end]])
        for end in range(ROLLING, len(returns) + 1)
    }


def months(returns: Sequence[DailyReturn]) -> list[Month]:
    """Return what each month grew by, oldest first."""
    found: dict[tuple[int, int], list[float]] = {}
    for each in returns:
        found.setdefault((each.day.year, each.day.month), []).append(1 + each.value)
    return [
        Month(year=year, month=month, gain=prod(values) - 1)
        for (year, month), values in found.items()
    ]


def distribution(trades: Sequence[Trade]) -> list[Column]:
    """Return columns of one width around nothing earned, as wide as the trades need."""
    if not trades:
        return []
    results = [float(trade.realised) for trade in trades]
    widest = max(abs(result) for result in results) or 1.0
    width = 2 * widest / COLUMNS
    counts = Counter(min(COLUMNS - 1, int((result + widest) / width)) for result in results)
    return list(_columns(counts, -widest, width))


def _columns(counts: Mapping[int, int], start: float, width: float) -> Iterator[Column]:
    for number in range(COLUMNS):
        at = start + number * width
        yield Column(start=at, end=at + width, trades=counts.get(number, 0))


def _grown(start: float, returns: Sequence[DailyReturn]) -> Mapping[date, float]:
    found = {}
    for each in returns:
        start *= 1 + each.value
        found[each.day] = start
    return found
