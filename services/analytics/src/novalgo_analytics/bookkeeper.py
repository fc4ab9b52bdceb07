"""Keeps the ledgers, and the list of all trades, in step with the store."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TypeAlias

from novalgo_analytics.accounting.history import TradeHistory
from novalgo_analytics.accounting.ledger import Ledger, build
from novalgo_analytics.accounting.lots import CLOSINGS_KEPT
from novalgo_analytics.accounting.movement import Step
from novalgo_analytics.accounting.trades import Trade, trades
from novalgo_analytics.store import Store

_Rebuilt: TypeAlias = tuple[Ledger, Sequence[Trade]]


class Bookkeeper:
    """Holds a ledger a symbol.  They are a cache: the store's steps are the truth.

    `kept` says how far back their closings are remembered; the trades of all time are in `history`.
    """

    def __init__(self, store: Store, kept: timedelta = CLOSINGS_KEPT) -> None:
        self._store = store
        self._kept = kept
        self.history = TradeHistory()
        self._ledgers: dict[str, Ledger] = {}
        self.position = 0
        """Of the journal: how far the ledgers have come."""
        self._catching_up = asyncio.Lock()

    async def ledgers(self) -> Mapping[str, Ledger]:
        """Return the ledgers with all that is journaled, by symbol."""
        async with self._catching_up:
            if not self.position:
                await self._begin()
            news = await self._store.news(self.position)
            by_symbol = _by_symbol(news.steps)
            rebuilt = {
                symbol: await self._rebuild(symbol, news.position)
                for symbol in sorted(by_symbol.keys() | news.undone)
                if symbol in news.undone or self._must_rebuild(symbol, by_symbol[symbol])
            }
            # From here on nothing waits or fails: a step is never applied twice.
            self._apply([step for step in news.steps if step.symbol not in rebuilt])
            self._take(rebuilt)
            self.position = news.position
        return self._ledgers

    async def forget(self) -> None:
        """Begin anew with the next question: the store's steps were replaced."""
        async with self._catching_up:
            self._ledgers, self.position = {}, 0
            self.history.clear()

    async def _begin(self) -> None:
        # Symbol by symbol: a history of years at once would take gigabytes.
        position = await self._store.newest()
        self._take(
            {
                symbol: await self._rebuild(symbol, position)
                for symbol in await self._store.symbols()
            }
        )
        self.position = position

    async def _rebuild(self, symbol: str, until: int) -> _Rebuilt:
        # A fill older than one that was applied changes which shares that one closed, and so does
        # one that is undone.
        steps = await self._store.steps_of(symbol, until=until)
        return await asyncio.to_thread(_built, steps, self._kept)

    def _apply(self, steps: Iterable[Step]) -> None:
        closing: dict[str, set[str]] = {}
        for step in sorted(steps, key=lambda step: step.sort_key):
            closed = self._ledgers[step.symbol].apply(step)
            closing.setdefault(step.symbol, set()).update(each.order for each in closed)
        for symbol, orders in closing.items():
            if orders:
                self.history.add(symbol, orders, self._ledgers[symbol].account.closings)

    def _take(self, rebuilt: Mapping[str, _Rebuilt]) -> None:
        if rebuilt:
            self._ledgers.update({symbol: ledger for symbol, (ledger, _) in rebuilt.items()})
            self.history.replace({symbol: closed for symbol, (_, closed) in rebuilt.items()})

    def _must_rebuild(self, symbol: str, steps: Iterable[Step]) -> bool:
        ledger = self._ledgers.get(symbol)
        return ledger is None or any(ledger.is_late(step) for step in steps)


def _built(steps: Sequence[Step], kept: timedelta) -> _Rebuilt:
    """Return a symbol's ledger, and its trades of all time."""
    ledger = build(steps, kept=None)
    closed = trades(ledger.account.closings)
    ledger.keep(kept)
    return ledger, closed


def _by_symbol(steps: Iterable[Step]) -> dict[str, list[Step]]:
    found: dict[str, list[Step]] = {}
    for step in steps:
        found.setdefault(step.symbol, []).append(step)
    return found
