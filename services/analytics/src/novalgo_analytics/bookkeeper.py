"""Keeps the ledgers in step with the store."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import timedelta

from novalgo_analytics.accounting.ledger import Ledger, build
from novalgo_analytics.accounting.lots import CLOSINGS_KEPT
from novalgo_analytics.accounting.movement import Step
from novalgo_analytics.store import Store


class Bookkeeper:
    """Holds a ledger a symbol.  They are a cache: the store's steps are the truth.

    `kept` says how far back their closings are remembered; None remembers all.
    """

    def __init__(self, store: Store, kept: timedelta | None = CLOSINGS_KEPT) -> None:
        self._store = store
        self._kept = kept
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
            for step in sorted(news.steps, key=lambda step: step.sort_key):
                if step.symbol not in rebuilt:
                    self._ledgers[step.symbol].apply(step)
            self._ledgers.update(rebuilt)
            self.position = news.position
        return self._ledgers

    async def forget(self) -> None:
        """Begin anew with the next question: the store's steps were replaced."""
        async with self._catching_up:
            self._ledgers, self.position = {}, 0

    async def _begin(self) -> None:
        # Symbol by symbol: a history of years at once would take gigabytes.
        position = await self._store.newest()
        ledgers = {
            symbol: await self._rebuild(symbol, position) for symbol in await self._store.symbols()
        }
        self._ledgers, self.position = ledgers, position

    async def _rebuild(self, symbol: str, until: int) -> Ledger:
        # A fill older than one that was applied changes which shares that one closed, and so does
        # one that is undone.
        steps = await self._store.steps_of(symbol, until=until)
        return await asyncio.to_thread(build, steps, self._kept)

    def _must_rebuild(self, symbol: str, steps: Iterable[Step]) -> bool:
        ledger = self._ledgers.get(symbol)
        return ledger is None or any(ledger.is_late(step) for step in steps)


def _by_symbol(steps: Iterable[Step]) -> dict[str, list[Step]]:
    found: dict[str, list[Step]] = {}
    for step in steps:
        found.setdefault(step.symbol, []).append(step)
    return found
