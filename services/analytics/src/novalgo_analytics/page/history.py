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
    trades: Sequence[Trade]

    def is_of(self, ledger: Ledger) -> bool:
        return self.ledger is ledger and self.closings == len(ledger.account.closings)


@dataclass
class History:
    bookkeeper: Bookkeeper
    _listed: dict[str, _Listed] = field(default_factory=dict)
    _all: Sequence[Trade] = ()
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    def of(cls, store: Store) -> "History":
        return cls(Bookkeeper(store, kept=None))

    async def trades(self) -> Sequence[Trade]:
        """Return every trade of the account, the one that closed last before the others."""
        async with self._asking:
            ledgers = dict(await self.bookkeeper.ledgers())
            if any(not self._is_listed(symbol, ledger) for symbol, ledger in ledgers.items()):
                self._all = await asyncio.to_thread(self._list, ledgers)
            return self._all

    def _is_listed(self, symbol: str, ledger: Ledger) -> bool:
        return symbol in self._listed and self._listed[symbol].is_of(ledger)

    def _list(self, ledgers: Mapping[str, Ledger]) -> Sequence[Trade]:
        for symbol, ledger in ledgers.items():
            if not self._is_listed(symbol, ledger):
                closings = tuple(ledger.account.closings)
                self._listed[symbol] = _Listed(ledger, len(closings), trades(closings))
        every = [trade for listed in self._listed.values() for trade in listed.trades]
        return sorted(every, key=lambda trade: trade.closed_at, reverse=True)
