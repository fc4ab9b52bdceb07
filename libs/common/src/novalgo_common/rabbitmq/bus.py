"""The bus on RabbitMQ, 3.10 to 4.x: what is published lies on disk, on a majority of the nodes.

Events go through the default exchange, once to each durable queue of topology.py, which every
service declares alike.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from itertools import count
from typing import Any
from uuid import uuid4

import structlog
from aio_pika import ExchangeType, Message
from aio_pika.abc import (
    AbstractExchange,
    AbstractIncomingMessage,
    AbstractRobustChannel,
    AbstractRobustConnection,
)
from aio_pika.exceptions import CONNECTION_EXCEPTIONS, ChannelNotFoundEntity
from aio_pika.exceptions import PublishError as MessageReturned

from novalgo_common.bus import Handler, Responder
from novalgo_common.clock import utc_now
from novalgo_common.dead_letters import DeadLetter
from novalgo_common.delivery import Sleep, describe
from novalgo_common.errors import PublishError, UnroutableError
from novalgo_common.events import Event, type_of
from novalgo_common.obituaries import Obituaries
from novalgo_common.rabbitmq.connection import declare, open_connection, patiently, state_of
from novalgo_common.rabbitmq.dead_letters import DeadLetterQueue
from novalgo_common.rabbitmq.mailbox import BROADCAST_EXCHANGE, Mailbox
from novalgo_common.rabbitmq.message import Taken, of_event, stored
from novalgo_common.rabbitmq.quorum import DEAD_LETTER_QUEUE, DURABLE_QUEUE
from novalgo_common.topology import BROADCASTS, DEAD_LETTERS, QUEUES, Queue, destinations
from novalgo_common.wire import decode, encode
from novalgo_common.worker import Worker

_PUBLISH_SECONDS = 5.0
_WATCH_EVERY_SECONDS = 5.0
_WATCH_WITHIN_SECONDS = 5.0
_PREFETCH = 50

_log = structlog.get_logger()


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
        self._answering: set[asyncio.Task[None]] = set()
        self._closing = asyncio.Event()
        own = uuid4().hex
        self._attempts = (f"{own} {number}" for number in count(1))
        self._obituaries = Obituaries(self.publish, utc_now)
        self._dead = DeadLetterQueue(consuming, self._put_back)
        # aio-pika forgets, and does not restore, a channel that nobody holds.
        self._channels: list[AbstractRobustChannel] = []

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
            publishing = await open_connection(amqp_url, f"{service} publishing")
            stack.push_async_callback(publishing.close)
            consuming = await open_connection(amqp_url, f"{service} consuming")
            stack.push_async_callback(consuming.close)
            bus = cls(service, publishing, consuming, sleep)
            await patiently(bus._prepare)
            stack.push_async_callback(bus.close)
            yield bus

    async def publish(self, event: Event) -> None:
        message = of_event(event, encode(event))
        sends = [self._send(self._direct, name, message) for name in destinations(event)]
        if type(event) in BROADCASTS:
            sends.append(self._send(self._broadcast, event.type, message, mandatory=False))
        await self._confirmed(event.type, sends)

    async def subscribe(self, queue: Queue, handler: Handler) -> None:
        for name in queue.names():
            self._workers[name] = Worker(name, handler, sleep=self._sleep)
            await patiently(partial(self._consume, name))

    async def follow(self, event: type[Event], handler: Handler) -> None:
        worker = Worker(f"broadcast {type_of(event)}", handler, sleep=self._sleep)
        await self._mailbox.follow(type_of(event), worker)

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
        return await self._mailbox.ask(request, within=within)

    def problems(self) -> list[str]:
        problems = [f"The queue {name} has no consumer." for name in self._unconsumed]
        if not _is_up(self._publishing):
            problems.append("The connection to RabbitMQ for publishing is down.")
        # Connected is not enough: broadcasts are missed until the mailbox is open again.
        if not (_is_up(self._consuming) and self._mailbox.is_open):
            problems.append("The connection to RabbitMQ for consuming is down.")
        return problems

    def dead_letter_count(self) -> int:
        return self._dead.count

    async def dead_letters(self) -> Sequence[DeadLetter]:
        return await self._dead.oldest()

    async def replay(self, letter_id: str) -> bool:
        return await self._dead.replay(letter_id)

    async def close(self) -> None:
        self._closing.set()
        self._watch.cancel()
        await asyncio.gather(*(worker.stop() for worker in self._workers.values()))
        await self._obituaries.close()
        await self._mailbox.close()
        await self._consuming.close()
        for task in self._answering:  # not before: requests came in until now
            task.cancel()
        await asyncio.gather(*self._answering, self._watch, return_exceptions=True)
        await self._publishing.close()

    async def _prepare(self) -> None:
        self._publisher = publisher = await self._open_channel(self._publishing)
        for queue in QUEUES:
            for name in queue.names():
                await declare(publisher, name, DURABLE_QUEUE)
        await declare(publisher, DEAD_LETTERS, DEAD_LETTER_QUEUE)
        self._direct = publisher.default_exchange
        self._broadcast = await publisher.declare_exchange(
            BROADCAST_EXCHANGE, ExchangeType.TOPIC, durable=True
        )
        mail = await self._open_channel(self._consuming)
        self._mailbox = Mailbox(self._service, mail, self._direct)
        await self._mailbox.open()
        self._consuming.close_callbacks.add(self._mailbox.lose)
        self._consuming.reconnect_callbacks.add(self._mailbox.open)
        # One for good: aio-pika keeps some kilobytes of each channel until its connection ends.
        self._lookout = await self._open_channel(self._consuming)
        self._watch = asyncio.create_task(self._keep_watch(), name="watch over consumers")

    async def _open_channel(self, connection: AbstractRobustConnection) -> AbstractRobustChannel:
        channel = connection.channel(on_return_raises=True)
        await channel
        self._channels.append(channel)
        return channel

    async def _confirmed(self, name: str, sends: Iterable[Awaitable[None]]) -> None:
        """Return once each is confirmed; `name` says what is sent."""
        try:
            # Around all of it: while the connection comes back its channel is waited for, too.
            async with asyncio.timeout(_PUBLISH_SECONDS):
                results = await asyncio.gather(*sends, return_exceptions=True)
        except TimeoutError:
            raise PublishError(f"{name} is not confirmed in {_PUBLISH_SECONDS:g} s") from None
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def _send(
        self,
        exchange: AbstractExchange,
        routing_key: str,
        message: Message,
        *,
        mandatory: bool = True,
    ) -> None:
        if self._publishing.is_closed:
            raise PublishError("the bus is closed")
        properties = message.properties
        # Names the attempt: the client confuses the confirms of two in flight with one id.
        properties.message_id = next(self._attempts)
        try:
            channel: Any = await self._publisher.get_underlay_channel()
            # Exchange.publish would wait until the message has left before the next one of the
            # channel may go; like this those of a batch leave together, and in their order.
            await channel.basic_publish(
                message.body,
                exchange=exchange.name,
                routing_key=routing_key,
                properties=properties,
                mandatory=mandatory,
                wait=False,
            )
        except MessageReturned:
            raise UnroutableError(f"the queue {routing_key} does not exist") from None
        except Exception as error:
            raise PublishError(f"{routing_key} has not confirmed: {describe(error)}") from None

    async def _put_back(self, queue: str, body: bytes) -> None:
        await self._keep(queue, stored(body, headers={}))

    async def _bury(self, queue: str, body: bytes, error: str) -> None:
        died_at = utc_now().isoformat()
        headers = {"queue": queue, "error": error[:1000], "died_at": died_at}
        await self._keep(DEAD_LETTERS, stored(body, headers=headers))
        self._obituaries.tell(queue, body, error)

    async def _keep(self, queue: str, message: Message) -> None:
        await self._confirmed(queue, [self._send(self._direct, queue, message)])

    async def _consume(self, name: str) -> None:
        async def hand_over(message: AbstractIncomingMessage) -> None:
            self._workers[name].take(Taken(message, partial(self._bury, name)))

        channel = await self._open_channel(self._consuming)
        await channel.set_qos(prefetch_count=_PREFETCH)
        queue = await declare(channel, name, DURABLE_QUEUE)
        await queue.consume(hand_over)

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
        # Not for ever: a connection that breaks at that moment swallows the cancellation.
        while not self._closing.is_set():
            with suppress(TimeoutError, *CONNECTION_EXCEPTIONS):
                async with asyncio.timeout(_WATCH_WITHIN_SECONDS):
                    self._unconsumed = [
                        name for name in self._workers if not await self._is_consumed(name)
                    ]
                    await self._dead.count_again(self._lookout)
            with suppress(TimeoutError):
                async with asyncio.timeout(_WATCH_EVERY_SECONDS):
                    await self._closing.wait()

    async def _is_consumed(self, name: str) -> bool:
        try:
            return bool((await state_of(self._lookout, name)).consumer_count)
        except ChannelNotFoundEntity:
            return False


def _is_up(connection: AbstractRobustConnection) -> bool:
    return connection.connected.is_set() and not connection.is_closed
