"""Hands every trade update to everyone who listens at that moment.  Nothing is replayed."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager

from novalgo_simulator.api.wire import Json
from novalgo_simulator.faults import Faults

_LONGEST_QUEUE = 10_000


class Hub:
    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._updates = 0
        self._listeners: set[asyncio.Queue[str]] = set()

    def publish(self, update: Json) -> None:
        self._updates += 1
        for frame in self._faults.on_update(json.dumps(update), self._updates):
            for listener in self._listeners:
                _put(listener, frame)

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    @contextmanager
    def listening(self) -> Iterator[asyncio.Queue[str]]:
        """Yield a queue of the frames published from now on."""
        queue: asyncio.Queue[str] = asyncio.Queue(_LONGEST_QUEUE)
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)


def _put(listener: asyncio.Queue[str], frame: str) -> None:
    # A reader too slow for ten thousand updates loses the oldest: the stream promises nothing.
    if listener.full():
        listener.get_nowait()
    listener.put_nowait(frame)
