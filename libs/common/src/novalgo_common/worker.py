"""One queue's messages, those of one key one after the other, in tasks of our own.

A bus's client library cancels its callbacks when a connection drops, while a thread that the
callback started runs on.  So a callback only hands over, and nobody cancels these tasks: what runs
in them is at most one handler for a key, and it always runs to its end.
"""

import asyncio
from dataclasses import dataclass
from typing import Protocol

import structlog

from novalgo_common.bus import Handler
from novalgo_common.delivery import Sleep, deliver, describe, pause_after
from novalgo_common.errors import PermanentError, PublishError
from novalgo_common.events import Event
from novalgo_common.lanes import Lanes
from novalgo_common.wire import decode

_log = structlog.get_logger()


class Delivery(Protocol):
    """A message in our hands; exactly one of the three methods settles it."""

    @property
    def body(self) -> bytes: ...

    @property
    def is_gone(self) -> bool:
        """Say whether the bus took it back; then it will come again."""

    async def handled(self) -> None: ...

    async def dead(self, error: str) -> None:
        """Put it to the dead letters; `PublishError` where they cannot take it now."""

    def left(self) -> None:
        """Give it back unhandled."""


@dataclass(frozen=True)
class Told:
    """A broadcast event on its way to a follower: nobody waits for it, it is told once."""

    body: bytes
    is_gone: bool = False

    async def handled(self) -> None:
        pass

    async def dead(self, error: str) -> None:
        pass

    def left(self) -> None:
        pass


class _Stopped(Exception):  # noqa: N818 - no error: how a pause ends when the worker stops
    pass


@dataclass(frozen=True)
class _Taken:
    delivery: Delivery
    found: Event | PermanentError
    """What its body says, or that it is no event."""


class Worker:
    """Takes the deliveries of one queue through its handler: those of one key in order."""

    def __init__(self, queue: str, handler: Handler, *, sleep: Sleep = asyncio.sleep) -> None:
        self._queue = queue
        self._handler = handler
        self._sleep = sleep
        self._stopping = asyncio.Event()
        self._lanes = Lanes(self._settle)

    def take(self, delivery: Delivery) -> None:
        """Handle it after all of its key that were taken before."""
        if self._stopping.is_set():
            delivery.left()
            return
        try:
            event = decode(delivery.body)
        except PermanentError as error:
            self._lanes.put("", _Taken(delivery, error))
        else:
            self._lanes.put(event.key, _Taken(delivery, event))

    async def stop(self) -> None:
        """Let the running handlers finish, and leave everything else."""
        self._stopping.set()
        await self._lanes.finish()

    async def _settle(self, taken: _Taken) -> None:
        delivery = taken.delivery
        if self._stopping.is_set():
            delivery.left()
        elif not delivery.is_gone:
            try:
                error = await self._handle(taken.found)
                await (delivery.handled() if error is None else self._bury(delivery, error))
            except _Stopped:
                delivery.left()
            except Exception as failure:
                _log.error("message.not_settled", queue=self._queue, error=describe(failure))
                delivery.left()

    async def _handle(self, found: Event | PermanentError) -> str | None:
        if isinstance(found, Event):
            return await deliver(found, self._queue, self._handler, sleep=self._pause)
        _log.error("message.dead_lettered", queue=self._queue, error=describe(found))
        return describe(found)

    async def _bury(self, delivery: Delivery, error: str) -> None:
        failures = 0
        while not delivery.is_gone:
            try:
                await delivery.dead(error)
                return
            except PublishError as failure:
                failures += 1
                _log.error("dead_letters.not_reached", queue=self._queue, error=describe(failure))
                await self._pause(pause_after(failures))

    async def _pause(self, seconds: float) -> None:
        sleep = asyncio.ensure_future(self._sleep(seconds))
        stop = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({sleep, stop}, return_when=asyncio.FIRST_COMPLETED)
        sleep.cancel()
        stop.cancel()
        if self._stopping.is_set():
            raise _Stopped
