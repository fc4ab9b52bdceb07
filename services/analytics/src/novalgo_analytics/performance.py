"""The Performance tab: what each symbol's closed trades of the last 30 days earned.  Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import takewhile

from novalgo_analytics.ledger import Ledger
from novalgo_analytics.lots import NONE, Closing
from novalgo_common.events import PerformanceRow

WINDOW = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """All that one order closed."""

    symbol: str
    order: str
    realised: Decimal
    closed_at: datetime


def trades(closings: Iterable[Closing]) -> list[Trade]:
    """Return one symbol's trades, the one that began to close first before the others."""
    by_order: dict[str, list[Closing]] = {}
    for closing in closings:
        by_order.setdefault(closing.order, []).append(closing)
    return [
        Trade(
            symbol=parts[0].symbol,
            order=order,
            realised=sum((part.realised for part in parts), NONE),
            closed_at=max(part.closed_at for part in parts),
        )
        for order, parts in by_order.items()
    ]


def since(closings: Sequence[Closing], start: datetime) -> list[Closing]:
    """Return the newest closings, from `start` on; they are given oldest first."""
    newest_first = takewhile(lambda closing: closing.closed_at >= start, reversed(closings))
    return list(newest_first)[::-1]


def performance_rows(ledgers: Mapping[str, Ledger], now: datetime) -> tuple[PerformanceRow, ...]:
    """Return a row for each symbol that closed a trade in the window, in the symbols' order.

    Lots are matched over the whole history; only what was closed in the window is counted.  The
    rows' sum is what the account realised in the window.
    """
    closed = {
        symbol: trades(since(ledger.account.closings, now - WINDOW))
        for symbol, ledger in sorted(ledgers.items())
    }
    return tuple(_row(symbol, of_symbol) for symbol, of_symbol in closed.items() if of_symbol)


def _row(symbol: str, closed: Sequence[Trade]) -> PerformanceRow:
    results = [trade.realised for trade in closed]
    return PerformanceRow(
        symbol=symbol,
        total_trades=len(results),
        winning_trades=sum(result > 0 for result in results),
        losing_trades=sum(result < 0 for result in results),
        total_pnl=sum(results, NONE),
        best_trade=max(results),
        worst_trade=min(results),
    )
