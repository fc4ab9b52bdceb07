"""What comes to this process alone: answers to its requests, and broadcasts."""

import asyncio
from uuid import uuid4

from aio_pika import Message
from aio_pika.abc import (
    AbstractExchange,
    AbstractIncomingMessage,
    AbstractRobustChannel,
    AbstractRobustQueue,
)
from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from aio_pika.exceptions import PublishError as MessageReturned

from novalgo_common.errors import UnavailableError
from novalgo_common.events import Event
from novalgo_common.wire import decode, encode
from novalgo_common.worker import Told, Worker

BROADCAST_EXCHANGE = "novalgo.broadcast"


class Mailbox:
    """A queue that ends with its connection: `lose` it then, and `open` it on the next."""

    def __init__(
        self, service: str, channel: AbstractRobustChannel, direct: AbstractExchange
    ) -> None:
        self._service = service
        self._channel = channel
        self._direct = direct
        self._queue: AbstractRobustQueue | None = None
        self.is_open = False
        self._followers: dict[str, list[Worker]] = {}
        self._awaited: dict[str, asyncio.Future[bytes]] = {}

    async def open(self, *_: object) -> None:
        # A new name each time: the broker may hold the old one until it misses its heartbeats.
        name = f"{self._service}.mailbox.{uuid4().hex}"
        self._queue = await self._channel.declare_queue(name, exclusive=True, robust=False)
        for event_type in self._followers:
            await self._queue.bind(BROADCAST_EXCHANGE, event_type, robust=False)
        await self._queue.consume(self._take, no_ack=True, robust=False)
        self.is_open = True

    def lose(self, *_: object) -> None:
        self._queue = None
        self.is_open = False

    async def follow(self, event_type: str, follower: Worker) -> None:
        self._followers.setdefault(event_type, []).append(follower)
        if self._queue is not None:
            await self._queue.bind(BROADCAST_EXCHANGE, event_type, robust=False)

    async def ask(self, request: Event, *, within: float) -> Event:
        """Return the answer; raise `UnavailableError` where there is none in time."""
        question = uuid4().hex
        awaited = self._awaited[question] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(within):
                await self._send(request, question, within)
                answer = await awaited
        except MessageReturned:
            raise UnavailableError(f"nobody answers {request.type}") from None
        except TimeoutError:
            raise UnavailableError(f"{request.type} was not answered in {within:g} s") from None
        except CONNECTION_EXCEPTIONS:
            raise UnavailableError("RabbitMQ is not reachable") from None
        finally:
            del self._awaited[question]
        if not answer:
            raise UnavailableError(f"{request.type} could not be answered")
        return decode(answer)

    async def close(self) -> None:
        followers = [worker for workers in self._followers.values() for worker in workers]
        await asyncio.gather(*(worker.stop() for worker in followers))

    async def _send(self, request: Event, question: str, within: float) -> None:
        message = Message(
            encode(request),
            message_id=question,
            type=request.type,
            reply_to=self._queue.name if self._queue is not None else None,
            expiration=within,
        )
        await self._direct.publish(message, routing_key=request.type, mandatory=True)

    async def _take(self, message: AbstractIncomingMessage) -> None:
        for follower in self._followers.get(message.type or "", ()):
            follower.take(Told(message.body))
        awaited = self._awaited.get(message.correlation_id or "")
        if awaited is not None and not awaited.done():
            awaited.set_result(message.body)
