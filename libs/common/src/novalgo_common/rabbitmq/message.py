"""Messages as they lie in a queue, and as they come out of it."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractIncomingMessage
from aio_pika.exceptions import CONNECTION_EXCEPTIONS, ChannelInvalidStateError

from novalgo_common.events import Event


def of_event(event: Event, body: bytes) -> Message:
    message = stored(body, headers={"event_id": str(event.event_id)})
    message.type = event.type
    message.correlation_id = str(event.correlation_id)
    return message


def stored(body: bytes, *, headers: dict[str, str]) -> Message:
    return Message(
        body,
        headers=dict(headers),
        content_type="application/json",
        delivery_mode=DeliveryMode.PERSISTENT,
    )


@dataclass(frozen=True)
class Taken:
    """A message of a durable queue; unsettled, it comes again when its channel closes."""

    message: AbstractIncomingMessage
    bury: Callable[[bytes, str], Awaitable[None]]

    @property
    def body(self) -> bytes:
        return self.message.body

    @property
    def is_gone(self) -> bool:
        try:
            return self.message.channel.is_closed
        except ChannelInvalidStateError:
            return True

    async def handled(self) -> None:
        with suppress(*CONNECTION_EXCEPTIONS):
            await self.message.ack()

    async def dead(self, error: str) -> None:
        await self.bury(self.body, error)
        await self.handled()

    def left(self) -> None:
        pass
