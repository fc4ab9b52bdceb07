"""When which order is to be worked."""

import asyncio
from heapq import heappop, heappush
from uuid import UUID


class Agenda:
    """Orders by the moment they are due, on the event loop's clock."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, UUID]] = []
        self._waiting: set[UUID] = set()
        self._entries = 0
        self._changed = asyncio.Event()

    def add(self, order_id: UUID, delay: float) -> None:
        self._entries += 1
        self._waiting.add(order_id)
        due = asyncio.get_running_loop().time() + delay
        heappush(self._due, (due, self._entries, order_id))
        self._changed.set()

    def __contains__(self, order_id: UUID) -> bool:
        return order_id in self._waiting

    def clear(self) -> None:
        self._due.clear()
        self._waiting.clear()

    def take_due(self) -> list[UUID]:
        """Remove and return the orders that are due, in that order."""
        now = asyncio.get_running_loop().time()
        due: list[UUID] = []
        while self._due and self._due[0][0] <= now:
            order_id = heappop(self._due)[2]
            self._waiting.discard(order_id)
            due.append(order_id)
        return due

    async def wait(self, longest: float) -> None:
        """Return when an order may be due, or after `longest` seconds."""
        now = asyncio.get_running_loop().time()
        until = min(self._due[0][0] - now, longest) if self._due else longest
        self._changed.clear()
        try:
            async with asyncio.timeout(max(until, 0)):
                await self._changed.wait()
        except TimeoutError:
            return
