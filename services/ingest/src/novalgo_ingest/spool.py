"""Watches how much waits for the bus, so that a long outage cannot fill the disk."""

import asyncio

from novalgo_common.clock import Clock
from novalgo_ingest.metrics import Metrics
from novalgo_ingest.store import Store

LOOK_EVERY = 1.0


class Spool:
    """The unpublished events: as counted within the last second, plus those accepted since."""

    def __init__(self, store: Store, metrics: Metrics, clock: Clock, limit: int) -> None:
        self._store = store
        self._metrics = metrics
        self._clock = clock
        self._limit = limit
        self._depth = 0

    async def watch(self) -> None:
        """Count for ever."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        backlog = await self._store.backlog()
        self._depth = backlog.depth
        age = (self._clock() - backlog.oldest).total_seconds() if backlog.oldest else 0.0
        self._metrics.outbox_depth.set(backlog.depth)
        self._metrics.outbox_oldest_seconds.set(age)

    def added(self) -> None:
        self._depth += 1

    @property
    def depth(self) -> int:
        return self._depth

    @property
    def is_full(self) -> bool:
        return self._depth >= self._limit

    def problem(self) -> str | None:
        if not self.is_full:
            return None
        return f"{self._depth} events wait for the bus, the limit: bring RabbitMQ back"
