"""The Performance tab: what each symbol's closed trades of the last 30 days earned.  Pure."""

from collections.abc import Mapping, Reversible, Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from novalgo_analytics.accounting.ledger import Ledger
from novalgo_analytics.accounting.lots import NONE, Closing
from novalgo_analytics.accounting.trades import Trade, trades
from novalgo_common.events import PerformanceRow

WINDOW = timedelta(days=30)


def since(closings: Reversible[Closing], start: datetime) -> list[Closing]:
    """Return the newest closings, from `start` on; they are given oldest first."""
    newest_first = takewhile(lambda closing: closing.closed_at >= start, reversed(closings))
    return list(newest_first)[::-1]


def performance_rows(ledgers: Mapping[str, Ledger], now: datetime) -> tuple[PerformanceRow, ...]:
    """Return a row for each symbol that closed a trade in the window, in the symbols' order.

    Lots are matched over the whole history; only what was closed in the window is counted.  The
    rows' sum is what the account realised in the window.
    """
    closed = {symbol: _closed(ledger, now - WINDOW) for symbol, ledger in sorted(ledgers.items())}
    return tuple(_row(symbol, of_symbol) for symbol, of_symbol in closed.items() if of_symbol)


def closed_trades(ledgers: Mapping[str, Ledger], now: datetime) -> list[Trade]:
    """Return the trades of the window, of all symbols, in the order of their closing."""
    found = (trade for ledger in ledgers.values() for trade in _closed(ledger, now - WINDOW))
    return sorted(found, key=lambda trade: (trade.closed_at, trade.order))


def _closed(ledger: Ledger, start: datetime) -> list[Trade]:
    return trades(since(ledger.account.closings, start))


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
