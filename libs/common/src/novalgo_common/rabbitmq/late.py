"""A bus for a service that starts before RabbitMQ does: ingest stores alerts all the same."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import structlog

from novalgo_common.bus import Bus, Handler, Responder
from novalgo_common.dead_letters import DeadLetter
from novalgo_common.errors import PublishError, SettingsError, UnavailableError
from novalgo_common.events import Event
from novalgo_common.rabbitmq.bus import RabbitBus
from novalgo_common.topology import Queue

_log = structlog.get_logger()

PAUSE = 1.0
NOT_YET = "RabbitMQ has not answered since the start"


class LateBus:
    """RabbitMQ, once it answers; till then nothing can be published and nothing arrives."""

    def __init__(self, amqp_url: str, service: str) -> None:
        self._amqp_url = amqp_url
        self._service = service
        self._stack = AsyncExitStack()
        self._bus: Bus | None = None
        self._problem = NOT_YET
        self._wanted: list[Callable[[Bus], Awaitable[None]]] = []
        self._connecting: asyncio.Task[None] | None = None

    @classmethod
    @asynccontextmanager
    async def open(cls, amqp_url: str, *, service: str) -> AsyncIterator["LateBus"]:
        """Connect, now or later.  Raise `SettingsError` where RabbitMQ answers and refuses us."""
        bus = cls(amqp_url, service)
        try:
            await bus._connect()
        except UnavailableError as error:
            _log.warning("bus.late", problem=str(error))
            bus._connecting = asyncio.create_task(bus._keep_connecting(), name="connect the bus")
        try:
            yield bus
        finally:
            await bus.close()

    async def publish(self, event: Event) -> None:
        if self._bus is None:
            raise PublishError(self._problem)
        await self._bus.publish(event)

    async def subscribe(self, queue: Queue, handler: Handler) -> None:
        await self._want(lambda bus: bus.subscribe(queue, handler))

    async def follow(self, event: type[Event], handler: Handler) -> None:
        await self._want(lambda bus: bus.follow(event, handler))

    async def respond(self, request: type[Event], responder: Responder) -> None:
        await self._want(lambda bus: bus.respond(request, responder))

    async def request(self, request: Event, *, within: float) -> Event:
        return await self._there().request(request, within=within)

    def problems(self) -> list[str]:
        return [self._problem] if self._bus is None else self._bus.problems()

    def dead_letter_count(self) -> int:
        return self._bus.dead_letter_count() if self._bus is not None else 0

    async def dead_letters(self) -> Sequence[DeadLetter]:
        return await self._there().dead_letters()

    async def replay(self, letter_id: str) -> bool:
        return await self._there().replay(letter_id)

    async def close(self) -> None:
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        await self._stack.aclose()

    def _there(self) -> Bus:
        if self._bus is None:
            raise UnavailableError(self._problem)
        return self._bus

    async def _want(self, subscription: Callable[[Bus], Awaitable[None]]) -> None:
        self._wanted.append(subscription)
        if self._bus is not None:
            await subscription(self._bus)

    async def _keep_connecting(self) -> None:
        while self._bus is None:
            await asyncio.sleep(PAUSE)
            try:
                await self._connect()
            except (UnavailableError, SettingsError) as error:
                self._problem = str(error)

    async def _connect(self) -> None:
        async with AsyncExitStack() as stack:
            bus: Bus = await stack.enter_async_context(
                RabbitBus.connect(self._amqp_url, service=self._service)
            )
            for subscription in self._wanted:  # which may grow meanwhile
                await subscription(bus)
            self._bus, self._stack = bus, stack.pop_all()
