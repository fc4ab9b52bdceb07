"""Tells the owner of every message that went to the dead letters."""

import asyncio
from collections.abc import Awaitable, Callable
from hashlib import sha256
from uuid import NAMESPACE_OID, uuid5

import structlog

from novalgo_common.clock import Clock
from novalgo_common.errors import PermanentError, PublishError
from novalgo_common.events import AlarmRaised, Event
from novalgo_common.wire import decode

_log = structlog.get_logger()


class Obituaries:
    """Publishes an alarm for each death, beside the worker that it happened to.

    Not by that worker: on a LocalBus it would wait for itself.  An alarm that cannot be published
    is logged; the dead letter stays where it lies.
    """

    def __init__(self, publish: Callable[[Event], Awaitable[None]], clock: Clock) -> None:
        self._publish = publish
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()

    def tell(self, queue: str, body: bytes, error: str) -> None:
        """Raise the alarm soon; the death of an alarm itself is not told, or it would go on."""
        if not _is_alarm(body):
            task = asyncio.create_task(self._tell(queue, body, error))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _tell(self, queue: str, body: bytes, error: str) -> None:
        # The same for the same message, should it die again.
        event_id = uuid5(NAMESPACE_OID, f"novalgo.dead.{queue}.{sha256(body).hexdigest()}")
        alarm = AlarmRaised(
            event_id=event_id,
            correlation_id=event_id,
            occurred_at=self._clock(),
            service=queue.split(".", maxsplit=1)[0],
            code="dead_letter",
            message=f"A message of {queue} could not be handled ({error[:200]}): "
            "Control on the page, or `novalgo deadletters list`, shows it and can try again",
        )
        try:
            await self._publish(alarm)
        except PublishError as failure:
            _log.error("dead_letter.not_told", queue=queue, error=str(failure))


def _is_alarm(body: bytes) -> bool:
    try:
        return isinstance(decode(body), AlarmRaised)
    except PermanentError:
        return False
