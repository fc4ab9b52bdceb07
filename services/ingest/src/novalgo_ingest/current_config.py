"""Keeps the config copy current: from the store at the start, then from the bus."""

import asyncio
from uuid import uuid4

from novalgo_common.bus import Bus
from novalgo_common.clock import Clock
from novalgo_common.errors import UnavailableError
from novalgo_common.events import ConfigChanged, ConfigRequested, Event
from novalgo_ingest.config_copy import ConfigCopy
from novalgo_ingest.store import Store

ASK_AGAIN_AFTER = 0.5


class CurrentConfig:
    """The newest config that this ingest has heard of, also before its last stop."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self.copy = ConfigCopy()
        self._taking = asyncio.Lock()

    async def load(self) -> None:
        """Take what was kept over the restart."""
        kept = await self._store.kept_config()
        if kept is not None:
            self.copy = ConfigCopy.of(kept)

    async def __call__(self, event: Event) -> None:
        """Handle a config that sheets published or answered."""
        assert isinstance(event, ConfigChanged)
        heard = ConfigCopy.of(event)
        # An answer that was under way may come after a newer broadcast, and while that is kept.
        async with self._taking:
            if heard.is_newer_than(self.copy):
                await self._store.keep_config(event)
                self.copy = heard

    async def ask(self, bus: Bus) -> None:
        """Ask sheets until it answers: what it published while ingest was away is not repeated."""
        while True:
            question = uuid4()
            request = ConfigRequested(
                event_id=question, correlation_id=question, occurred_at=self._clock()
            )
            try:
                await self(await bus.request(request, within=2))
                return
            except UnavailableError:
                await asyncio.sleep(ASK_AGAIN_AFTER)
