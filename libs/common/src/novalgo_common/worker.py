"""One queue's messages, one after the other, in a task of our own.

A bus's client library cancels its callbacks when a connection drops, while a thread that the
callback started runs on.  So a callback only hands over, and nobody cancels this task: what runs
in it is at most one handler for the queue, and it always runs to its end.
"""

import asyncio
from dataclasses import dataclass
from typing import Protocol

import structlog

from novalgo_common.bus import Handler
from novalgo_common.delivery import Sleep, deliver, describe, pause_after
from novalgo_common.errors import PublishError

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


class Worker:
    """Takes the deliveries of one queue through its handler, in order."""

    def __init__(self, queue: str, handler: Handler, *, sleep: Sleep = asyncio.sleep) -> None:
        self._queue = queue
        self._handler = handler
        self._sleep = sleep
        self._inbox: asyncio.Queue[Delivery | None] = asyncio.Queue()
        self._stopping = asyncio.Event()
        self._task = asyncio.create_task(self._run(), name=f"worker {queue}")

    def take(self, delivery: Delivery) -> None:
        """Handle it after all that were taken before."""
        if self._stopping.is_set():
            delivery.left()
        else:
            self._inbox.put_nowait(delivery)

    async def stop(self) -> None:
        """Let the running handler finish, and leave everything else."""
        self._stopping.set()
        self._inbox.put_nowait(None)
        await self._task
        while not self._inbox.empty():
            if (delivery := self._inbox.get_nowait()) is not None:
                delivery.left()

    async def _run(self) -> None:
        while True:
            delivery = await self._inbox.get()
            if delivery is None:
                return
            if self._stopping.is_set():
                delivery.left()
            elif not delivery.is_gone:
                await self._settle(delivery)

    async def _settle(self, delivery: Delivery) -> None:
        try:
            error = await deliver(delivery.body, self._queue, self._handler, sleep=self._pause)
            await (delivery.handled() if error is None else self._bury(delivery, error))
        except _Stopped:
            delivery.left()
        except Exception as failure:
            _log.error("message.not_settled", queue=self._queue, error=describe(failure))
            delivery.left()

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
