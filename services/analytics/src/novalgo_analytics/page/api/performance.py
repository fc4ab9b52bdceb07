"""How it goes: returns, drawdown, ratios, months, and the trades by what they have in common."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from novalgo_analytics.accounting.history import newer_than
from novalgo_analytics.accounting.trades import Trade
from novalgo_analytics.facts import AccountDay
from novalgo_analytics.measures.benchmark import benchmark_returns, compare
from novalgo_analytics.measures.drawdown import calmar, deepest
from novalgo_analytics.measures.groups import (
    Group,
    by_hour,
    by_side,
    by_symbol,
    by_timeframe,
    by_weekday,
)
from novalgo_analytics.measures.returns import daily_returns, ratios
from novalgo_analytics.measures.trading import TradeNumbers, trade_numbers
from novalgo_analytics.page.api.closes import Closes
from novalgo_analytics.page.api.words import Amount, Body
from novalgo_analytics.page.course import course, distribution, months, rolling_sharpe
from novalgo_analytics.page.encoded import Encoded
from novalgo_analytics.page.sources import Kept, Sources
from novalgo_common.exchange_days import day_of, midnight, sessions

SECONDS = 15.0
DAY = timedelta(days=1)


class DayPoint(Body):
    at: date
    equity: Amount
    gain: float
    drawdown: float
    benchmark: float | None
    sharpe: float | None


class Month(Body):
    year: int
    month: int
    gain: float


class Column(Body):
    start: float
    end: float
    trades: int


class Numbers(Body):
    """Of trades; null where there is nothing to say."""

    trades: int
    won: int
    lost: int
    realised: Amount
    win_rate: float | None
    profit_factor: float | None
    expectancy: Amount | None
    average_win: Amount | None
    average_loss: Amount | None
    longest_winning: int
    longest_losing: int


class Grouped(Body):
    name: str
    numbers: Numbers


class Ratios(Body):
    """As parts; null where there is not enough data to say anything."""

    days: int
    total: float | None
    annual: float | None
    volatility: float | None
    sharpe: float | None
    sortino: float | None
    calmar: float | None
    drawdown: float | None
    benchmark: float | None
    """What the benchmark grew by over the same days."""
    alpha: float | None
    beta: float | None


class Performance(Body):
    days: int | None
    """How far back; null is from the beginning."""
    benchmark: str
    has_benchmark: bool
    ratios: Ratios
    course: list[DayPoint]
    months: list[Month]
    numbers: Numbers
    groups: dict[str, list[Grouped]]
    distribution: list[Column]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    every_day: Sequence[AccountDay]
    days: Sequence[AccountDay]
    """Those that were asked for."""
    closes: Mapping[date, float]
    trades: Sequence[Trade]
    """Oldest first."""
    today: date


def performance_routes(sources: Sources) -> APIRouter:
    router = APIRouter(tags=["performance"])
    kept: Kept[Encoded] = Kept(SECONDS)
    closes = Closes(sources)

    async def make(days: int | None) -> Encoded:
        facts = await _gather(sources, days, closes)
        told = await asyncio.to_thread(_performance, facts, days, sources.benchmark)
        return await Encoded.of(told)

    @router.get("/performance", response_model=Performance)
    async def performance(
        request: Request,
        days: Annotated[
            int | None, Query(ge=1, le=36_525, description="How far back; without it, all")
        ] = None,
    ) -> Response:
        """Made at most every quarter of a minute, and after each trade."""
        trades = await sources.history()
        answer = await kept.get(lambda: make(days), (days, trades.version, closes.version))
        return answer.response(request)

    return router


async def _gather(sources: Sources, days: int | None, closes: Closes) -> _Facts:
    today = day_of(sources.clock())
    first = date.min if days is None else today - (days - 1) * DAY
    every_day = await sources.store.days()
    stated = [each for each in every_day if each.day >= first]
    newest_first = (await sources.history()).every
    until = len(newest_first) if days is None else newer_than(newest_first, midnight(first))
    trades = newest_first[:until][::-1]
    known = await closes.since(every_day[0].day if every_day else today)
    return _Facts(every_day=every_day, days=stated, closes=known, trades=trades, today=today)


def _performance(facts: _Facts, days: int | None, benchmark: str) -> Performance:
    first = facts.every_day[0].day if facts.every_day else facts.today
    opened = {session.day for session in sessions(first, facts.today)}
    sharpes = rolling_sharpe(daily_returns(facts.every_day, opened))
    returns = daily_returns(facts.days, opened)
    beside = benchmark_returns(returns, facts.closes)
    compared = compare(benchmark, returns, facts.closes)
    fall, own = deepest(returns), ratios(returns)
    return Performance(
        days=days,
        benchmark=benchmark,
        has_benchmark=bool(beside),
        ratios=Ratios(
            days=own.days,
            total=own.total,
            annual=own.annual,
            volatility=own.volatility,
            sharpe=own.sharpe,
            sortino=own.sortino,
            calmar=calmar(returns),
            drawdown=fall.depth if fall else None,
            benchmark=compared.benchmark if compared else None,
            alpha=compared.alpha if compared else None,
            beta=compared.beta if compared else None,
        ),
        course=[
            DayPoint.model_validate(each) for each in course(facts.days, returns, beside, sharpes)
        ],
        months=[Month.model_validate(each) for each in months(returns)],
        numbers=_numbers(trade_numbers(facts.trades)),
        groups={
            "symbol": _groups(by_symbol(facts.trades)),
            "timeframe": _groups(by_timeframe(facts.trades)),
            "side": _groups(by_side(facts.trades)),
            "weekday": _groups(by_weekday(facts.trades)),
            "hour": _groups(by_hour(facts.trades)),
        },
        distribution=[Column.model_validate(each) for each in distribution(facts.trades)],
    )


def _groups(groups: Sequence[Group]) -> list[Grouped]:
    return [Grouped(name=group.name, numbers=_numbers(group.numbers)) for group in groups]


def _numbers(numbers: TradeNumbers) -> Numbers:
    return Numbers.model_validate(numbers)
