"""Executor's copy of the owner's configuration."""

import asyncio
from collections.abc import Callable, Sequence

from novalgo_common.bus import Bus
from novalgo_common.errors import UnavailableError
from novalgo_common.events import ConfigChanged, ConfigRequested, ConfigRow, Event
from novalgo_executor.store import Store

ANSWER_WITHIN = 2.0
ASK_AGAIN_AFTER = 0.25


class Config:
    """The newest configuration that executor has seen, kept in its store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._changed: Callable[[], None] = lambda: None
        self._current: ConfigChanged | None = None

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever a newer configuration was taken."""
        self._changed = listener

    async def load(self) -> None:
        """Take the copy that was kept before."""
        self._current = await self._store.load_config()

    async def ask(self, bus: Bus, request: ConfigRequested) -> None:
        """Ask sheets until it answers."""
        while True:
            try:
                await self.take(await bus.request(request, within=ANSWER_WITHIN))
                return
            except UnavailableError:
                # The LocalBus refuses at once, before anything else gets a turn.
                await asyncio.sleep(ASK_AGAIN_AFTER)

    async def take(self, event: Event) -> None:
        """Keep a configuration, unless a newer one is kept."""
        if isinstance(event, ConfigChanged) and await self._store.save_config(event):
            self._current = event
            self._changed()

    @property
    def version(self) -> int | None:
        """None while no configuration was ever received."""
        return self._current.version if self._current else None

    @property
    def rows(self) -> Sequence[ConfigRow]:
        return self._current.rows if self._current else ()

    def row(self, symbol: str, timeframe: str) -> ConfigRow | None:
        for row in self.rows:
            if (row.symbol, row.timeframe) == (symbol, timeframe):
                return row
        return None

    def problem(self, symbol: str, timeframe: str) -> str | None:
        """Return what is wrong with the row, where it cannot be used."""
        for problem in self._current.problems if self._current else ():
            if (problem.symbol, problem.timeframe) == (symbol, timeframe):
                return problem.message
        return None

    def is_only_row(self, symbol: str, timeframe: str) -> bool:
        """Return whether no other active row has the symbol."""
        return not any(
            row.symbol == symbol and row.timeframe != timeframe and row.active for row in self.rows
        )
