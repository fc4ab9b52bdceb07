"""A report's numbers.  Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from novalgo_analytics.accounting.excursions import Excursion, bars_held, excursion
from novalgo_analytics.accounting.trades import Trade
from novalgo_analytics.execution.endings import EndingCount
from novalgo_analytics.execution.slippage import Slippage
from novalgo_analytics.execution.way import Delay
from novalgo_analytics.facts import AccountDay, CashLine
from novalgo_analytics.figures import Figures
from novalgo_analytics.measures.activity import Activity, activity
from novalgo_analytics.measures.benchmark import Comparison, benchmark_returns, compare
from novalgo_analytics.measures.cash import by_kind
from novalgo_analytics.measures.drawdown import Drawdown, calmar, deepest
from novalgo_analytics.measures.groups import (
    Group,
    by_hour,
    by_side,
    by_symbol,
    by_timeframe,
    by_weekday,
    by_weekday_and_hour,
)
from novalgo_analytics.measures.returns import (
    DailyReturn,
    ReturnRatios,
    daily_returns,
    ratios,
)
from novalgo_analytics.measures.trading import TradeNumbers, trade_numbers
from novalgo_analytics.measures.transfers import grown
from novalgo_analytics.reports.period import Period
from novalgo_common.events import Bar, CashKind
from novalgo_common.exchange_days import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a report is made of, as of one moment."""

    at: datetime
    figures: Figures
    days: Sequence[AccountDay]
    sessions: Sequence[Session]
    """The exchange's days that the trades and statements lie in."""
    trades: Sequence[Trade]
    """Of the accounts, first in, first out.  Of the period only, as the following."""
    book_trades: Sequence[Trade]
    """Of the books, each by its own fills."""
    traded: Decimal
    """Dollars that fills bought and sold for."""
    delays: tuple[Delay, ...]
    slippages: tuple[Slippage, ...]
    endings: tuple[EndingCount, ...]
    cash: Sequence[CashLine]
    benchmark: str
    closes: Mapping[date, float]
    """The benchmark's, by day; empty where they could not be had."""
    bars: Mapping[tuple[str, str], Sequence[Bar]]
    """By symbol and timeframe, where they could be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeLine:
    """A trade of the list, with what is known of its course."""

    trade: Trade
    bars_held: int | None
    excursion: Excursion | None
    """None where the bars of its chart are not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    period: Period
    at: datetime
    figures: Figures
    days: tuple[AccountDay, ...]
    """Those that the ratios are made of."""
    returns: tuple[DailyReturn, ...]
    ratios: ReturnRatios
    calmar: float | None
    drawdown: Drawdown | None
    activity: Activity
    benchmark: str
    benchmark_returns: tuple[DailyReturn, ...]
    comparison: Comparison | None
    earned: Decimal | None
    """What the equity grew by in the period, dollars, but for what was moved in or out; None where
    it was not stated."""
    cash: tuple[CashLine, ...]
    """What moved cash without a trade, oldest first."""
    cash_by_kind: Mapping[CashKind, Decimal]
    trades: tuple[TradeLine, ...]
    """Oldest first."""
    numbers: TradeNumbers
    by_symbol: tuple[Group, ...]
    by_timeframe: tuple[Group, ...]
    """Of the books' own trades."""
    by_side: tuple[Group, ...]
    by_weekday: tuple[Group, ...]
    by_hour: tuple[Group, ...]
    heat: Mapping[tuple[int, int], TradeNumbers]
    delays: tuple[Delay, ...]
    slippages: tuple[Slippage, ...]
    endings: tuple[EndingCount, ...]


def report(facts: Facts, period: Period) -> Report:
    """Return the numbers of the period: what is not known is None, and never guessed."""
    days = [
        each
        for each in facts.days
        if each.day <= period.last and (period.ratios_from or each.day) <= each.day
    ]
    returns = daily_returns(days, {session.day for session in facts.sessions})
    trades = _in_order(facts.trades)
    return Report(
        period=period,
        at=facts.at,
        figures=facts.figures,
        days=tuple(days),
        returns=tuple(returns),
        ratios=ratios(returns),
        calmar=calmar(returns),
        drawdown=deepest(returns),
        activity=_activity(facts, period),
        benchmark=facts.benchmark,
        benchmark_returns=tuple(benchmark_returns(returns, facts.closes)),
        comparison=compare(facts.benchmark, returns, facts.closes),
        earned=_earned(facts.days, period),
        cash=tuple(facts.cash),
        cash_by_kind=by_kind(facts.cash),
        trades=tuple(_line(trade, facts) for trade in trades),
        numbers=trade_numbers(trades),
        by_symbol=by_symbol(trades),
        by_timeframe=by_timeframe(_in_order(facts.book_trades)),
        by_side=by_side(trades),
        by_weekday=by_weekday(trades),
        by_hour=by_hour(trades),
        heat=by_weekday_and_hour(trades),
        delays=facts.delays,
        slippages=facts.slippages,
        endings=facts.endings,
    )


def _in_order(trades: Sequence[Trade]) -> list[Trade]:
    return sorted(trades, key=lambda trade: (trade.closed_at, trade.order))


def _activity(facts: Facts, period: Period) -> Activity:
    return activity([each for each in facts.days if period.has(each.day)], facts.traded)


def _earned(days: Sequence[AccountDay], period: Period) -> Decimal | None:
    within = [each for each in days if period.has(each.day)]
    return grown(within) if within else None


def _line(trade: Trade, facts: Facts) -> TradeLine:
    bars = facts.bars.get((trade.symbol, trade.timeframe or ""), ())
    return TradeLine(
        trade=trade,
        bars_held=bars_held(trade, facts.sessions),
        excursion=excursion(trade, bars),
    )
