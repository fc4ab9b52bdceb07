"""How far a trade went against its holder and for them before it ended, and how long.  Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from novalgo_analytics.accounting.lots import NONE
from novalgo_analytics.accounting.trades import Trade
from novalgo_common.events import Bar
from novalgo_common.exchange_days import day_of
from novalgo_common.timeframes import length

DAY = timedelta(days=1)


class Hours(Protocol):
    """One day of the exchange."""

    @property
    def opens(self) -> datetime: ...

    @property
    def closes(self) -> datetime: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Excursion:
    """Dollars, by the bars that the trade touched (Sweeney, Campaign Trading, 1996)."""

    adverse: Decimal
    """MAE: the most that the trade was behind, negative or zero."""
    favourable: Decimal
    """MFE: the most that it was ahead, positive or zero."""


def excursion(trade: Trade, bars: Sequence[Bar]) -> Excursion | None:
    """Return the excursion by the bars of the trade's own timeframe, or None where none is known.

    The bars are given oldest first.  Those of entry and exit count whole: what was traded in them
    before the one and after the other cannot be told apart.
    """
    if trade.timeframe is None:
        return None
    begins = trade.opened_at - length(trade.timeframe)
    touched = bars[_after(bars, begins) : _after(bars, trade.closed_at)]
    if not touched:
        return None
    lowest, highest = min(bar.low for bar in touched), max(bar.high for bar in touched)
    against, towards = (lowest, highest) if trade.is_long else (highest, lowest)
    side = 1 if trade.is_long else -1
    return Excursion(
        adverse=min(NONE, side * (against - trade.entry_price) * trade.quantity),
        favourable=max(NONE, side * (towards - trade.entry_price) * trade.quantity),
    )


def bars_held(trade: Trade, sessions: Sequence[Hours]) -> int | None:
    """Return how many bars of its chart the trade lasted, counting only the exchange's hours.

    The sessions are given oldest first.  None of a trade by hand, which has no chart.
    """
    if trade.timeframe is None:
        return None
    bar = length(trade.timeframe)
    start = bisect_left(sessions, trade.opened_at, key=lambda session: session.closes)
    end = bisect_right(sessions, trade.closed_at, key=lambda session: session.opens)
    sessions = sessions[start:end]
    if bar > DAY:
        return (trade.closed_at - trade.opened_at) // bar
    if bar == DAY:
        first, last = day_of(trade.opened_at), day_of(trade.closed_at)
        return sum(first < day_of(session.opens) <= last for session in sessions)
    held = sum(
        (
            max(timedelta(), min(trade.closed_at, each.closes) - max(trade.opened_at, each.opens))
            for each in sessions
        ),
        timedelta(),
    )
    return held // bar


def _after(bars: Sequence[Bar], at: datetime) -> int:
    return bisect_right(bars, at, key=lambda bar: bar.start)
