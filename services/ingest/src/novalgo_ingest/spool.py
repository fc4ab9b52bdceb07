"""Watches how much waits for the bus, and how much room is left, so that no disk fills unseen."""

import asyncio
from collections.abc import Callable

from novalgo_common.clock import Clock
from novalgo_ingest.metrics import Metrics
from novalgo_ingest.store import Store

LOOK_EVERY = 1.0


class Spool:
    """The unpublished events: as counted within the last second, plus those accepted since.

    One that is accepted while they are counted may be in both, until they are counted again: the
    limit is met early rather than late.

    `free_space` returns the bytes that the store's disk has left, where it has one of ours; with
    less than `reserve` alerts are refused while there still is room to work off what is stored.
    """

    def __init__(
        self,
        store: Store,
        metrics: Metrics,
        clock: Clock,
        limit: int,
        *,
        free_space: Callable[[], int] | None = None,
        reserve: int = 0,
    ) -> None:
        self._store = store
        self._metrics = metrics
        self._clock = clock
        self._limit = limit
        self._free_space = free_space
        self._reserve = reserve
        self._counted = 0
        self._accepted_since = 0
        self._oldest_seconds = 0.0
        self._is_short_of_disk = False

    async def watch(self) -> None:
        """Count for ever."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        self._look_at_disk()
        accepted_before = self._accepted_since
        backlog = await self._store.backlog()
        self._counted = backlog.depth
        self._accepted_since -= accepted_before
        age = (self._clock() - backlog.oldest).total_seconds() if backlog.oldest else 0.0
        self._oldest_seconds = age
        self._metrics.outbox_depth.set(backlog.depth)
        self._metrics.outbox_oldest_seconds.set(age)

    def _look_at_disk(self) -> None:
        if self._free_space is None:
            return
        free = self._free_space()
        self._metrics.disk_free_bytes.set(free)
        self._is_short_of_disk = free < self._reserve

    def added(self) -> None:
        self._accepted_since += 1

    @property
    def depth(self) -> int:
        return self._counted + self._accepted_since

    @property
    def oldest_seconds(self) -> float:
        """Return the age of the oldest event that waits; 0 where none does."""
        return self._oldest_seconds

    @property
    def is_full(self) -> bool:
        return self._is_short_of_disk or self.depth >= self._limit

    def problem(self) -> str | None:
        if self._is_short_of_disk:
            megabytes = self._reserve // 1_000_000
            return f"less than {megabytes} MB are left on the disk of NOVALGO_DATA_DIR: make room"
        if self.depth >= self._limit:
            return f"{self.depth} events wait for the bus, the limit: bring RabbitMQ back"
        return None
