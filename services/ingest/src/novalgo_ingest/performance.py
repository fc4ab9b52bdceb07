"""Has the Performance tab recomputed and waits until it is written."""

import asyncio
from uuid import UUID, uuid4

from novalgo_common.clock import Clock
from novalgo_common.errors import UnavailableError
from novalgo_common.events import Event, PerformanceRequested
from novalgo_ingest.store import Store

PATIENCE = 20.0


class Performance:
    def __init__(self, store: Store, clock: Clock, patience: float = PATIENCE) -> None:
        self._store = store
        self._clock = clock
        self._patience = patience
        self._waiting: dict[UUID, asyncio.Event] = {}

    async def __call__(self, event: Event) -> None:
        """Handle the news that the tab was written."""
        written = self._waiting.get(event.correlation_id)
        if written is not None:
            written.set()

    async def recompute(self) -> None:
        """Return once the tab shows the new rows; raise `UnavailableError` after 20 s."""
        request = uuid4()
        written = self._waiting[request] = asyncio.Event()
        try:
            async with asyncio.timeout(self._patience):
                await self._store.publish(
                    PerformanceRequested(
                        event_id=request, correlation_id=request, occurred_at=self._clock()
                    )
                )
                await written.wait()
        except TimeoutError:
            raise UnavailableError("The Performance tab was not written in time") from None
        finally:
            del self._waiting[request]
