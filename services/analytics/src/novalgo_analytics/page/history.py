"""Every trade since the beginning, at hand for lists, filters and numbers.

The first question matches the whole history, which takes seconds where it is years long; after that
only what is new is matched, and only the symbols that moved are listed again.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from novalgo_analytics.accounting.ledger import Ledger
from novalgo_analytics.accounting.trades import Trade, trades
from novalgo_analytics.bookkeeper import Bookkeeper
from novalgo_analytics.store import Store


@dataclass(frozen=True, slots=True)
class _Listed:
    """One symbol's trades, and the ledger as it was when they were listed."""

    ledger: Ledger
    closings: int
    newest_first: Sequence[Trade]

    def is_of(self, ledger: Ledger) -> bool:
        return self.ledger is ledger and self.closings == len(ledger.account.closings)


@dataclass(frozen=True, slots=True)
class Traded:
    """Every trade of the account, the one that closed last before the others."""

    version: int
    """Another one, other trades."""
    every: Sequence[Trade]
    by_symbol: Mapping[str, Sequence[Trade]]


@dataclass
class History:
    bookkeeper: Bookkeeper
    _listed: dict[str, _Listed] = field(default_factory=dict)
    _traded: Traded = field(default_factory=lambda: Traded(0, (), {}))
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    def of(cls, store: Store) -> "History":
        return cls(Bookkeeper(store, kept=None))

    async def traded(self) -> Traded:
        """Return the trades, with all that is journaled."""
        async with self._asking:
            ledgers = dict(await self.bookkeeper.ledgers())
            if any(not self._is_listed(symbol, ledger) for symbol, ledger in ledgers.items()):
                self._traded = await asyncio.to_thread(self._list, ledgers)
            return self._traded

    def _is_listed(self, symbol: str, ledger: Ledger) -> bool:
        return symbol in self._listed and self._listed[symbol].is_of(ledger)

    def _list(self, ledgers: Mapping[str, Ledger]) -> Traded:
        for symbol, ledger in ledgers.items():
            if not self._is_listed(symbol, ledger):
                closings = tuple(ledger.account.closings)
                ordered = _newest_first(trades(closings))
                self._listed[symbol] = _Listed(ledger, len(closings), ordered)
        by_symbol = {symbol: listed.newest_first for symbol, listed in self._listed.items()}
        every = _newest_first([trade for of in by_symbol.values() for trade in of])
        return Traded(self._traded.version + 1, every, by_symbol)


def _newest_first(found: Sequence[Trade]) -> Sequence[Trade]:
    return sorted(found, key=lambda trade: trade.closed_at, reverse=True)
