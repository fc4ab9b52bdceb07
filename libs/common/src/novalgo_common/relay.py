"""Publishes the outbox.

An event is marked only on the bus's confirm.  A crash between the two publishes it again, and
consumers drop the second by its id.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby

import structlog

from novalgo_common.bus import Publisher
from novalgo_common.errors import PublishError, UnavailableError
from novalgo_common.store import Outbox, Waiting
from novalgo_common.tracing import span

log = structlog.get_logger()

BATCH = 100
IDLE = 5.0
"""Seconds after which the outbox is looked at though this process has committed nothing: another
one that shares the store may have died before it published."""
LONGEST_WAIT = 5.0


class Relay:
    """Publishes the outbox, each key in order, whatever the bus does meanwhile."""

    def __init__(
        self,
        outbox: Outbox,
        publisher: Publisher,
        turn: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`turn` returns when the next batch may go: what answers people goes first."""
        self._outbox = outbox
        self._publisher = publisher
        self._turn = turn
        self._wake = asyncio.Event()
        self._problem: str | None = None

    def wake(self) -> None:
        """Look at the outbox now."""
        self._wake.set()

    def committed(self) -> None:
        """Something was committed: look at the outbox now, if that has added an event."""
        if self._outbox.has_more():
            self.wake()

    def problem(self) -> str | None:
        return self._problem

    async def run(self) -> None:
        """Publish for ever."""
        failures = 0
        while True:
            if self._turn is not None:
                await self._turn()
            self._wake.clear()
            try:
                complete, found = await self._publish_waiting()
            except UnavailableError as error:
                complete, found = False, 0
                self._problem = str(error)
            if complete:
                failures = 0
                self._problem = None
                if found < BATCH:
                    await self._rest(IDLE)
            else:
                failures += 1
                await asyncio.sleep(min(LONGEST_WAIT, 0.1 * 2**failures))

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def _publish_waiting(self) -> tuple[bool, int]:
        """Return whether all that waited was published, and how much waited."""
        waiting = await self._outbox.waiting(BATCH)
        by_key = [
            list(of_key)
            for _, of_key in groupby(
                sorted(waiting, key=lambda item: (item.event.key, item.position)),
                key=lambda item: item.event.key,
            )
        ]
        confirmed = await asyncio.gather(*(self._publish(of_key) for of_key in by_key))
        positions = [position for of_key in confirmed for position in of_key]
        if positions:
            await self._outbox.confirm(positions)
        return len(positions) == len(waiting), len(waiting)

    async def _publish(self, of_key: Sequence[Waiting]) -> list[int]:
        confirmed = []
        for item in of_key:
            try:
                with span(f"publish {item.event.type}", item.event.correlation_id):
                    await self._publisher.publish(item.event)
            except PublishError as error:
                # The rest of the key waits too: its order would be lost.
                self._problem = f"events are not published: {error}"
                log.warning("outbox.publish_failed", type=item.event.type, error=str(error))
                break
            confirmed.append(item.position)
        return confirmed
