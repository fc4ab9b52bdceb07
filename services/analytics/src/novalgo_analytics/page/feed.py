"""What happens, as it happens: each journaled event once, in its order, to every page that listens.

The journal's position is the event's id.  A page that lost the connection, or whose server was
started anew, names the last id that it saw and gets what followed: no gap, no double.  One read of
the store and one encoding serve all listeners.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

from fastapi.sse import format_sse_event

from novalgo_analytics.store import Store, lookups
from novalgo_analytics.store.lookups import Entry

REMEMBERED = 5000
"""The newest events that are kept at hand; a listener that is further behind reads the store."""
MOST_BEHIND = 20_000
"""A listener that is further behind is told to load everything again."""
BATCH = 1000
REST = 0.1
"""Seconds between two reads of the store: what is committed meanwhile goes out together."""
BEAT = 10.0
"""Seconds after which a listener hears something, so that it knows a dead line from a quiet one."""
RETRY = 1000
"""Milliseconds that a browser waits before it connects again."""

_BEAT = format_sse_event(event="beat", data_str="{}")


@dataclass(frozen=True, slots=True)
class Told:
    position: int
    frame: bytes


class Feed:
    """`run` follows the store; `listen` is one page's stream."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._recent: deque[Told] = deque(maxlen=REMEMBERED)
        self._committed = asyncio.Event()
        self._turn = asyncio.Event()
        """Set, and replaced by the next one, whenever there is something to tell."""
        self._notices = 0
        self.listeners = 0
        """How many pages are open."""
        self.position = 0
        """Of the newest event that was told."""

    def wake(self) -> None:
        """Look at the store now: something was committed."""
        self._committed.set()

    async def start(self) -> None:
        """Begin with the events that are journaled from now on."""
        self.position = await self._store.look(lookups.newest_position)

    async def run(self) -> None:
        """Tell for ever."""
        while True:
            self._committed.clear()
            while await self._read():
                pass
            await asyncio.sleep(REST)
            await self._committed.wait()

    def notice(self) -> None:
        """Tell all listeners that something changed that is no event: a service's condition."""
        self._notices += 1
        self._announce()

    async def listen(self, after: int) -> AsyncIterator[bytes]:
        """Yield the frames of what was journaled after the position `after`, for ever."""
        self.listeners += 1
        try:
            async with aclosing(self._frames(after)) as frames:
                async for frame in frames:
                    yield frame
        finally:
            self.listeners -= 1

    async def _frames(self, after: int) -> AsyncGenerator[bytes, None]:
        yield format_sse_event(comment="NovAlgo", retry=RETRY)
        notices = self._notices
        newest = await self._store.look(lookups.newest_position)
        if not newest - MOST_BEHIND <= after <= newest:
            after = newest
            yield format_sse_event(event="reset", data_str="{}", id=str(after))
        while True:
            turn = self._turn  # taken before one looks: what is told meanwhile is not missed
            frames = await self._after(after)
            if frames:
                after = frames[-1].position
                yield b"".join(told.frame for told in frames)
            elif notices != self._notices:
                notices = self._notices
                yield format_sse_event(event="notice", data_str="{}")
            elif not await _comes(turn):
                yield _BEAT

    async def _read(self) -> bool:
        """Take in what was journaled since; say whether there may be more."""
        after = self.position
        entries = await self._store.look(lambda c: lookups.entries(c, after, BATCH))
        if entries:
            self._recent.extend(_told(entry) for entry in entries)
            self.position = entries[-1].position
            self._announce()
        return len(entries) == BATCH

    def _announce(self) -> None:
        turn, self._turn = self._turn, asyncio.Event()
        turn.set()

    async def _after(self, after: int) -> list[Told]:
        if after >= self.position:
            return []
        if self._recent and self._recent[0].position <= after + 1:
            behind = []
            for told in reversed(self._recent):
                if told.position <= after:
                    break
                behind.append(told)
            return behind[::-1]
        limit = self.position
        entries = await self._store.look(lambda c: lookups.entries(c, after, BATCH))
        return [_told(entry) for entry in entries if entry.position <= limit]


async def _comes(turn: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(BEAT):
            await turn.wait()
    except TimeoutError:
        return False
    return True


def _told(entry: Entry) -> Told:
    return Told(entry.position, format_sse_event(id=str(entry.position), data_str=entry.body))
