"""Keeps the ledgers in step with the store."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from novalgo_analytics.ledger import Ledger, build
from novalgo_analytics.movement import Movement
from novalgo_analytics.store import Store


class Bookkeeper:
    """Holds a ledger a symbol.  They are a cache: the store's movements are the truth."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ledgers: dict[str, Ledger] = {}
        self._position = 0
        self._catching_up = asyncio.Lock()

    async def ledgers(self) -> Mapping[str, Ledger]:
        """Return the ledgers with all that is journaled, by symbol."""
        async with self._catching_up:
            news, position = await self._store.movements_after(self._position)
            rebuilt = await self._rebuild(_by_symbol(news), position)
            # From here on nothing waits or fails: a movement is never applied twice.
            for movement in sorted(news, key=lambda movement: movement.sort_key):
                if movement.symbol not in rebuilt:
                    self._ledgers[movement.symbol].apply(movement)
            self._ledgers.update(rebuilt)
            self._position = position
        return self._ledgers

    async def _rebuild(
        self, news: Mapping[str, Sequence[Movement]], until: int
    ) -> dict[str, Ledger]:
        # A fill older than one that was applied changes which shares that one closed.
        histories = {
            symbol: await self._store.movements_of(symbol, until=until)
            for symbol, movements in news.items()
            if self._must_rebuild(symbol, movements)
        }
        return await asyncio.to_thread(
            lambda: {symbol: build(movements) for symbol, movements in histories.items()}
        )

    def _must_rebuild(self, symbol: str, movements: Iterable[Movement]) -> bool:
        ledger = self._ledgers.get(symbol)
        return ledger is None or any(ledger.is_late(movement) for movement in movements)


def _by_symbol(movements: Iterable[Movement]) -> dict[str, list[Movement]]:
    found: dict[str, list[Movement]] = {}
    for movement in movements:
        found.setdefault(movement.symbol, []).append(movement)
    return found
