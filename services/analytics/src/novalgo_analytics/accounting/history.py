"""Every trade since the beginning, at hand for lists, filters and numbers.

Only what is new is put in its place: a history of years is sorted once.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from novalgo_analytics.accounting.lots import Closing
from novalgo_analytics.accounting.trades import Trade, trades


class TradeHistory:
    """The account's trades, the one that closed last before the others."""

    def __init__(self) -> None:
        self.version = 0
        """Another one, other trades."""
        self._every: list[Trade] = []
        self._of_symbol: dict[str, list[Trade]] = {}

    @property
    def every(self) -> Sequence[Trade]:
        return self._every

    @property
    def by_symbol(self) -> Mapping[str, Sequence[Trade]]:
        return self._of_symbol

    def clear(self) -> None:
        self._every, self._of_symbol = [], {}
        self.version += 1

    def replace(self, found: Mapping[str, Sequence[Trade]]) -> None:
        """Begin these symbols anew with all of their trades."""
        others = [trade for trade in self._every if trade.symbol not in found]
        for symbol, of_symbol in found.items():
            self._of_symbol[symbol] = _newest_first(of_symbol)
            others += of_symbol
        self._every = _newest_first(others)
        self.version += 1

    def add(self, symbol: str, orders: Iterable[str], closings: Iterable[Closing]) -> None:
        """List what these orders closed by now; `closings` are the symbol's newest.

        An order that goes on to close is listed anew.
        """
        wanted = set(orders)
        for trade in trades(each for each in closings if each.order in wanted):
            for listed in (self._every, self._of_symbol.setdefault(symbol, [])):
                _remove(listed, trade)
                listed.insert(place_of(listed, trade.closed_at), trade)
        self.version += 1


def place_of(found: Sequence[Trade], at: datetime) -> int:
    """Return where the trades begin that closed at this moment or before it."""
    return bisect_left(found, -at.timestamp(), key=_key)


def newer_than(found: Sequence[Trade], at: datetime) -> int:
    """Return how many trades closed at this moment or after it."""
    return bisect_right(found, -at.timestamp(), key=_key)


def _remove(listed: list[Trade], trade: Trade) -> None:
    """Take out what was listed of the order before it closed the rest."""
    for place, other in enumerate(listed):
        if other.order == trade.order and other.symbol == trade.symbol:
            del listed[place]
            return
        if other.closed_at < trade.opened_at:
            return


def _newest_first(found: Iterable[Trade]) -> list[Trade]:
    return sorted(found, key=lambda trade: trade.closed_at, reverse=True)


def _key(trade: Trade) -> float:
    return -trade.closed_at.timestamp()
