"""The bus on RabbitMQ, 3.10 to 4.x: what is published lies on disk, on a majority of the nodes.

Events go through the default exchange, once to each durable queue of topology.py, which every
service declares alike.  Answers and broadcasts come to a mailbox, a queue that ends with the
connection.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

import structlog
from aio_pika import DeliveryMode, ExchangeType, Message, connect_robust
from aio_pika.abc import (
    AbstractExchange,
    AbstractIncomingMessage,
    AbstractRobustChannel,
    AbstractRobustConnection,
    AbstractRobustQueue,
)
from aio_pika.exceptions import (
    CONNECTION_EXCEPTIONS,
    AuthenticationError,
    ChannelInvalidStateError,
    ChannelNotFoundEntity,
    ChannelPreconditionFailed,
    ProbableAuthenticationError,
    ProtocolSyntaxError,
)
from aio_pika.exceptions import PublishError as MessageReturned

from novalgo_common.amqp_address import public_address
from novalgo_common.bus import Handler, Responder
from novalgo_common.delivery import Sleep, describe
from novalgo_common.errors import PublishError, SettingsError, UnavailableError, UnroutableError
from novalgo_common.events import Event, type_of
from novalgo_common.quorum import DEAD_LETTER_QUEUE, DURABLE_QUEUE, Arguments
from novalgo_common.topology import BROADCASTS, DEAD_LETTERS, QUEUES, Queue, destinations
from novalgo_common.wire import decode, encode
from novalgo_common.worker import Told, Worker

BROADCAST_EXCHANGE = "novalgo.broadcast"

_PUBLISH_SECONDS = 5.0
_CONNECT_SECONDS = 10.0
_START_SECONDS = 30.0
_START_PAUSE_SECONDS = 1.0
_HEARTBEAT_SECONDS = 10
_WATCH_SECONDS = 5.0
_PREFETCH = 50

_log = structlog.get_logger()


@dataclass(frozen=True)
class _Taken:
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


class RabbitBus:
    """A `Bus` on RabbitMQ.  It reconnects for ever, and takes up what it was subscribed to."""

    def __init__(
        self,
        service: str,
        publishing: AbstractRobustConnection,
        consuming: AbstractRobustConnection,
        sleep: Sleep,
    ) -> None:
        self._service = service
        # A broker that is short of memory stops reading from connections that publish: those
        # that consume must be others, or nothing would ever free the memory.
        self._publishing = publishing
        self._consuming = consuming
        self._sleep = sleep
        self._workers: dict[str, Worker] = {}
        self._unconsumed: list[str] = []
        self._followers: dict[str, list[Worker]] = {}
        self._awaited: dict[str, asyncio.Future[bytes]] = {}
        self._answering: set[asyncio.Task[None]] = set()
        # aio-pika forgets, and does not restore, a channel that nobody holds.
        self._channels: list[AbstractRobustChannel] = []
        self._watch: asyncio.Task[None] | None = None

    @classmethod
    @asynccontextmanager
    async def connect(
        cls, amqp_url: str, *, service: str, sleep: Sleep = asyncio.sleep
    ) -> AsyncIterator["RabbitBus"]:
        """Connect and declare every durable queue, and close at the end.

        Raise `UnavailableError` where there is no RabbitMQ now, and `SettingsError` where it does
        not let us in or has a queue of ours with other arguments.
        """
        async with AsyncExitStack() as stack:
            publishing = await _open(amqp_url, f"{service} publishing")
            stack.push_async_callback(publishing.close)
            consuming = await _open(amqp_url, f"{service} consuming")
            stack.push_async_callback(consuming.close)
            bus = cls(service, publishing, consuming, sleep)
            await _patiently(bus._prepare)
            stack.push_async_callback(bus.close)
            yield bus

    async def publish(self, event: Event) -> None:
        body = encode(event)
        sends = [
            self._send(self._direct, name, _message(event, body)) for name in destinations(event)
        ]
        if type(event) in BROADCASTS:
            told = _message(event, body)
            sends.append(self._send(self._broadcast, event.type, told, mandatory=False))
        for result in await asyncio.gather(*sends, return_exceptions=True):
            if isinstance(result, BaseException):
                raise result

    async def subscribe(self, queue: Queue, handler: Handler) -> None:
        for name in queue.names():
            self._workers[name] = Worker(name, handler, sleep=self._sleep)
            await _patiently(partial(self._consume, name))

    async def follow(self, event: type[Event], handler: Handler) -> None:
        name = type_of(event)
        worker = Worker(f"broadcast {name}", handler, sleep=self._sleep)
        self._followers.setdefault(name, []).append(worker)
        await self._mailbox.bind(BROADCAST_EXCHANGE, name, robust=False)

    async def respond(self, request: type[Event], responder: Responder) -> None:
        async def hand_over(message: AbstractIncomingMessage) -> None:
            # Not awaited here: aio-pika cancels its callbacks when a connection drops.
            task = asyncio.create_task(self._answer(message, responder))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

        channel = await self._open_channel(self._consuming)
        requests = await channel.declare_queue(type_of(request), durable=True, auto_delete=True)
        await requests.consume(hand_over, no_ack=True)

    async def request(self, request: Event, *, within: float) -> Event:
        question = uuid4().hex
        awaited = self._awaited[question] = asyncio.get_running_loop().create_future()
        message = Message(
            encode(request),
            message_id=question,
            type=request.type,
            reply_to=self._mailbox.name,
            expiration=within,
        )
        try:
            async with asyncio.timeout(within):
                await self._direct.publish(message, routing_key=request.type, mandatory=True)
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

    def problems(self) -> list[str]:
        connections = {"publishing": self._publishing, "consuming": self._consuming}
        return [
            f"The connection to RabbitMQ for {purpose} is down."
            for purpose, connection in connections.items()
            if connection.is_closed or not connection.connected.is_set()
        ] + [f"The queue {name} has no consumer." for name in self._unconsumed]

    async def close(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
        followers = [worker for workers in self._followers.values() for worker in workers]
        await asyncio.gather(*(worker.stop() for worker in (*self._workers.values(), *followers)))
        for answer in self._answering:
            answer.cancel()
        await asyncio.gather(*self._answering, return_exceptions=True)
        await self._consuming.close()
        await self._publishing.close()

    async def _prepare(self) -> None:
        publisher = await self._open_channel(self._publishing)
        for queue in QUEUES:
            for name in queue.names():
                await _declare(publisher, name, DURABLE_QUEUE)
        await _declare(publisher, DEAD_LETTERS, DEAD_LETTER_QUEUE)
        self._direct = publisher.default_exchange
        self._broadcast = await publisher.declare_exchange(
            BROADCAST_EXCHANGE, ExchangeType.TOPIC, durable=True
        )
        self._mail = await self._open_channel(self._consuming)
        await self._open_mailbox()
        self._consuming.reconnect_callbacks.add(self._open_mailbox)
        self._watch = asyncio.create_task(self._keep_watch(), name="watch over consumers")

    async def _open_channel(self, connection: AbstractRobustConnection) -> AbstractRobustChannel:
        channel = connection.channel(on_return_raises=True)
        await channel
        self._channels.append(channel)
        return channel

    async def _send(
        self,
        exchange: AbstractExchange,
        routing_key: str,
        message: Message,
        *,
        mandatory: bool = True,
    ) -> None:
        try:
            async with asyncio.timeout(_PUBLISH_SECONDS):
                await exchange.publish(message, routing_key, mandatory=mandatory)
        except MessageReturned:
            raise UnroutableError(f"the queue {routing_key} does not exist") from None
        except Exception as error:
            raise PublishError(f"{routing_key} has not confirmed: {describe(error)}") from None

    async def _bury(self, queue: str, body: bytes, error: str) -> None:
        headers = {"queue": queue, "error": error[:1000]}
        await self._send(self._direct, DEAD_LETTERS, _stored(body, headers=headers))

    async def _consume(self, name: str) -> None:
        async def hand_over(message: AbstractIncomingMessage) -> None:
            self._workers[name].take(_Taken(message, partial(self._bury, name)))

        channel = await self._open_channel(self._consuming)
        await channel.set_qos(prefetch_count=_PREFETCH)
        queue = await _declare(channel, name, DURABLE_QUEUE)
        await queue.consume(hand_over)

    async def _open_mailbox(self, *_: object) -> None:
        # A new name each time: the broker may hold the old one until it misses its heartbeats.
        name = f"{self._service}.mailbox.{uuid4().hex}"
        self._mailbox = await self._mail.declare_queue(name, exclusive=True, robust=False)
        for event_type in self._followers:
            await self._mailbox.bind(BROADCAST_EXCHANGE, event_type, robust=False)
        await self._mailbox.consume(self._open_letter, no_ack=True, robust=False)

    async def _open_letter(self, message: AbstractIncomingMessage) -> None:
        for follower in self._followers.get(message.type or "", ()):
            follower.take(Told(message.body))
        awaited = self._awaited.get(message.correlation_id or "")
        if awaited is not None and not awaited.done():
            awaited.set_result(message.body)

    async def _answer(self, message: AbstractIncomingMessage, responder: Responder) -> None:
        try:
            body = encode(await responder(decode(message.body)))
        except Exception as error:
            _log.error("request.failed", type=message.type, error=describe(error))
            body = b""  # spares the asker the wait
        answer = Message(body, message_id=uuid4().hex, correlation_id=message.message_id)
        with suppress(TimeoutError, *CONNECTION_EXCEPTIONS):
            async with asyncio.timeout(_PUBLISH_SECONDS):
                await self._direct.publish(answer, message.reply_to or "", mandatory=False)

    async def _keep_watch(self) -> None:
        while True:
            with suppress(TimeoutError, *CONNECTION_EXCEPTIONS):
                async with asyncio.timeout(_WATCH_SECONDS):
                    self._unconsumed = [
                        name for name in self._workers if not await self._is_consumed(name)
                    ]
            await asyncio.sleep(_WATCH_SECONDS)

    async def _is_consumed(self, name: str) -> bool:
        try:
            async with self._consuming.channel() as channel:
                queue = await channel.declare_queue(name, passive=True)
                return bool(queue.declaration_result.consumer_count)
        except ChannelNotFoundEntity:
            return False


async def _open(amqp_url: str, name: str) -> AbstractRobustConnection:
    address = public_address(amqp_url)
    separator = "&" if "?" in amqp_url else "?"
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            return await connect_robust(
                f"{amqp_url}{separator}heartbeat={_HEARTBEAT_SECONDS}",
                client_properties={"connection_name": f"novalgo {name}"},
                reconnect_interval=1,
            )
    except (AuthenticationError, ProbableAuthenticationError):
        raise SettingsError("NOVALGO_AMQP_URL: RabbitMQ refuses the user or password") from None
    except ProtocolSyntaxError:  # how the client takes a refusal of the vhost
        raise SettingsError(
            "NOVALGO_AMQP_URL: RabbitMQ has no such vhost, or the user may not enter it"
        ) from None
    except (TimeoutError, *CONNECTION_EXCEPTIONS):
        raise UnavailableError(f"RabbitMQ at {address} does not answer") from None


async def _patiently(act: Callable[[], Awaitable[None]]) -> None:
    """Do it again for a while: right after its start a broker answers 541 for its quorum queues,
    and closes the connection, until they have leaders."""
    try:
        async with asyncio.timeout(_START_SECONDS):
            while True:
                try:
                    await act()
                    return
                except CONNECTION_EXCEPTIONS:
                    await asyncio.sleep(_START_PAUSE_SECONDS)
    except TimeoutError:
        raise UnavailableError("RabbitMQ does not get its queues ready") from None


async def _declare(
    channel: AbstractRobustChannel, name: str, arguments: Arguments
) -> AbstractRobustQueue:
    try:
        return await channel.declare_queue(name, durable=True, arguments=dict(arguments))
    except ChannelPreconditionFailed:
        raise SettingsError(
            f"NOVALGO_AMQP_URL: the queue {name} is there with other arguments than ours; "
            "delete it when it is empty, or use another vhost"
        ) from None


def _message(event: Event, body: bytes) -> Message:
    message = _stored(body, headers={"event_id": str(event.event_id)})
    message.type = event.type
    message.correlation_id = str(event.correlation_id)
    return message


def _stored(body: bytes, *, headers: dict[str, str]) -> Message:
    return Message(
        body,
        # Names the attempt: the client confuses the confirms of two in flight with one id.
        message_id=uuid4().hex,
        headers=dict(headers),
        content_type="application/json",
        delivery_mode=DeliveryMode.PERSISTENT,
    )
