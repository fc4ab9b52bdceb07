"""A service's own copy of the Config tab: kept in its store, kept current by the bus."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from novalgo_common.bus import Bus
from novalgo_common.clock import Clock
from novalgo_common.errors import UnavailableError
from novalgo_common.events import ConfigChanged, ConfigRequested, ConfigRow, Event

ANSWER_WITHIN = 2.0
ASK_AGAIN_AFTER = 0.25
ASK_EVERY = 30.0
"""Seconds between two questions about how fresh the config is."""


class ConfigStore(Protocol):
    async def keep_config(self, event: ConfigChanged) -> None:
        """Keep this configuration in the place of the one before."""

    async def kept_config(self) -> ConfigChanged | None: ...


class ConfigCopy:
    """The newest configuration that the service has heard of, also before its last stop."""

    def __init__(self, store: ConfigStore, clock: Clock, new_id: Callable[[], UUID]) -> None:
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self._listeners: list[Callable[[], None]] = []
        self._current: ConfigChanged | None = None
        self._rows: Mapping[tuple[str, str], ConfigRow] = {}
        self._taking = asyncio.Lock()

    @property
    def version(self) -> int | None:
        """None while no configuration was ever heard of."""
        return self._current.version if self._current else None

    @property
    def read_at(self) -> datetime | None:
        """When the sheet was last seen to hold this configuration; None where nobody says."""
        return self._current.read_at if self._current else None

    @property
    def changed_at(self) -> datetime | None:
        """When sheets took the configuration in force; None while there is none."""
        return self._current.occurred_at if self._current else None

    @property
    def rows(self) -> Sequence[ConfigRow]:
        return self._current.rows if self._current else ()

    def row(self, symbol: str, timeframe: str) -> ConfigRow | None:
        return self._rows.get((symbol, timeframe))

    def problem(self, symbol: str, timeframe: str) -> str | None:
        """Return what is wrong with the row, where it cannot be used."""
        for problem in self._current.problems if self._current else ():
            if (problem.symbol, problem.timeframe) == (symbol, timeframe):
                return problem.message
        return None

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever a newer configuration was taken."""
        self._listeners.append(listener)

    async def load(self) -> None:
        """Take the copy that was kept over the restart."""
        kept = await self._store.kept_config()
        if kept is not None:
            self._show(kept)

    async def take(self, event: Event) -> None:
        """Handle a configuration that sheets published or answered: keep it if it is newer."""
        assert isinstance(event, ConfigChanged)
        # An answer that was under way may come after a newer broadcast, and while that is kept.
        async with self._taking:
            # Compared by time, not by version: the count starts anew with a new sheets store.
            if self._current is None or event.occurred_at > self._current.occurred_at:
                await self._store.keep_config(event)
                self._show(event)
                for listener in self._listeners:
                    listener()
            elif self._is_fresher(event, self._current):
                await self._store.keep_config(event)
                self._show(event)

    async def ask(self, bus: Bus) -> None:
        """Ask sheets until it answers: what was published while we were away is not repeated."""
        while True:
            question = self._new_id()
            request = ConfigRequested(
                event_id=question, correlation_id=question, occurred_at=self._clock()
            )
            try:
                await self.take(await bus.request(request, within=ANSWER_WITHIN))
                return
            except UnavailableError:
                await asyncio.sleep(ASK_AGAIN_AFTER)

    async def keep_fresh(self, bus: Bus) -> None:
        """Ask for ever, so that it is known how long the sheet has not been seen."""
        while True:
            await self.ask(bus)
            await asyncio.sleep(ASK_EVERY)

    @staticmethod
    def _is_fresher(event: ConfigChanged, current: ConfigChanged) -> bool:
        if event.event_id != current.event_id or event.read_at is None:
            return False
        return current.read_at is None or event.read_at > current.read_at

    def _show(self, event: ConfigChanged) -> None:
        self._current = event
        self._rows = {(row.symbol, row.timeframe): row for row in event.rows}
