"""Messages as they lie in a queue, and as they come out of it."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

from aio_pika import DeliveryMode
from aio_pika.abc import AbstractIncomingMessage
from aio_pika.exceptions import CONNECTION_EXCEPTIONS, ChannelInvalidStateError
from aiormq import spec

from novalgo_common.events import Event

_PLACE = uuid4().hex
"""Stands where the name of an attempt will; nothing else can hold it."""


class Envelope:
    """The properties of a message, marshalled once for all the queues that it goes to."""

    def __init__(
        self,
        headers: dict[str, str],
        *,
        message_type: str | None = None,
        correlation_id: str | None = None,
    ) -> None:
        properties = spec.Basic.Properties(
            content_type="application/json",
            headers=dict(headers),
            delivery_mode=DeliveryMode.PERSISTENT,
            message_id=_PLACE,
            message_type=message_type,
            correlation_id=correlation_id,
        )
        self._before, _, self._after = properties.marshal().partition(_short(_PLACE))

    @classmethod
    def of_event(cls, event: Event) -> "Envelope":
        return cls(
            {"event_id": str(event.event_id)},
            message_type=event.type,
            correlation_id=str(event.correlation_id),
        )

    def properties(self, attempt: str) -> spec.Basic.Properties:
        """Return the properties of one attempt to send the message."""
        return _Marshalled(attempt, self._before + _short(attempt) + self._after)


class _Marshalled(spec.Basic.Properties):
    """Properties of which the client itself needs no more than the message id."""

    def __init__(self, message_id: str, marshalled: bytes) -> None:
        super().__init__(message_id=message_id)
        self._marshalled = marshalled

    def marshal(self) -> bytes:
        return self._marshalled


def _short(text: str) -> bytes:
    """Return AMQP's short string (0-9-1, 4.2.5.3): its length in a byte, then itself."""
    encoded = text.encode()
    return bytes([len(encoded)]) + encoded


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
