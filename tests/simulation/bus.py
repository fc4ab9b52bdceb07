"""The bus as bus.py promises it and no better: late, twice, unconfirmed, and never lost."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from uuid import UUID

from novalgo_common.bus import ATTEMPTS, Handler, Responder
from novalgo_common.dead_letters import DeadLetter
from novalgo_common.errors import PublishError, UnavailableError
from novalgo_common.events import ConfigChanged, ConfigRequested, Event
from novalgo_common.topology import EXECUTOR_CONTROLS, Queue
from tests.simulation.faults import Faults


class PostOffice:
    """What RabbitMQ keeps while executor is dead."""

    def __init__(self, symbols: tuple[str, ...]) -> None:
        names = (*symbols, EXECUTOR_CONTROLS.name)
        self.queues: dict[str, list[Event]] = {name: [] for name in names}
        """Each symbol's signals, and what a person orders."""
        self.ordered: list[Event] = []
        """What a person ordered over the bus."""
        self.received: dict[UUID, Event] = {}
        """Each published event as it came first, in that order."""
        self.copies: list[Event] = []
        """Events that came again, and were not the same."""
        self.dead: list[str] = []
        self.config: ConfigChanged | None = None

    def put(self, queue: str, event: Event) -> None:
        self.queues[queue].append(event)
        if queue == EXECUTOR_CONTROLS.name:
            self.ordered.append(event)

    def take(self, event: Event) -> None:
        first = self.received.setdefault(event.event_id, event)
        if first != event:
            self.copies.append(event)


class SimulatedBus:
    """One process's connection to the bus."""

    def __init__(self, office: PostOffice, faults: Faults, on_step: Callable[[str], None]) -> None:
        self._office = office
        self._faults = faults
        self._on_step = on_step
        self._is_shut = False
        self._tasks: list[asyncio.Task[None]] = []
        self._followers: dict[type[Event], list[Handler]] = defaultdict(list)
        self._responders: dict[type[Event], Responder] = {}
        self._arrived = asyncio.Event()

    def shut(self) -> None:
        self._is_shut = True
        for task in self._tasks:
            task.cancel()

    # --- as executor sees it

    async def publish(self, event: Event) -> None:
        await asyncio.sleep(self._faults.seconds(0, 0.02))
        if self._is_shut or self._faults.happens("publish refused"):
            raise PublishError("the bus is away")
        self._on_step("before an event is taken")
        if self._is_shut:
            raise PublishError("the bus is away")
        self._office.take(event)
        self._on_step("an event was taken")
        if self._faults.happens("confirm lost"):
            await asyncio.sleep(self._faults.seconds(0.1, 3))
            raise PublishError("no confirm came")

    async def subscribe(self, queue: Queue, handler: Handler) -> None:
        names = self._office.queues
        for name in names:
            if (name == EXECUTOR_CONTROLS.name) is (queue is EXECUTOR_CONTROLS):
                self._tasks.append(asyncio.create_task(self._consume(name, handler)))

    async def follow(self, event: type[Event], handler: Handler) -> None:
        self._followers[event].append(handler)

    async def respond(self, request: type[Event], responder: Responder) -> None:
        self._responders[request] = responder

    async def request(self, request: Event, *, within: float) -> Event:
        assert isinstance(request, ConfigRequested)
        await asyncio.sleep(self._faults.seconds(0.001, 0.1))
        if self._is_shut or self._office.config is None or self._faults.happens("nobody answers"):
            raise UnavailableError("nobody answers")
        return self._office.config

    def problems(self) -> list[str]:
        return []

    def dead_letter_count(self) -> int:
        return len(self._office.dead)

    async def dead_letters(self) -> list[DeadLetter]:
        raise UnavailableError("executor does not ask for them")

    async def replay(self, letter_id: str) -> bool:
        raise UnavailableError("executor does not replay")

    async def close(self) -> None:
        self.shut()

    # --- as the others see it

    def post(self) -> None:
        """There is something new in a queue."""
        self._arrived.set()

    def broadcast(self, event: Event) -> None:
        """Tell those who are connected now."""
        for handler in self._followers[type(event)]:
            self._tasks.append(asyncio.create_task(self._tell(event, handler)))

    async def ask(self, request: Event) -> None:
        """Ask executor; an answer is not owed."""
        responder = self._responders.get(type(request))
        if responder is not None and not self._is_shut:
            try:
                await responder(request)
            except UnavailableError:
                return

    async def _tell(self, event: Event, handler: Handler) -> None:
        await asyncio.sleep(self._faults.seconds(0.001, 0.1))
        await self._handle(event, handler)

    async def _consume(self, name: str, handler: Handler) -> None:
        queue = self._office.queues[name]
        while True:
            while queue:
                late = self._faults.happens("delivery late")
                await asyncio.sleep(self._faults.seconds(0.5, 10) if late else 0.005)
                await self._handle(queue[0], handler)
                if self._is_shut:
                    return
                taken = queue.pop(0)
                if self._faults.happens("redelivered"):
                    queue.insert(min(len(queue), 2), taken)
            self._arrived.clear()
            await self._arrived.wait()

    async def _handle(self, event: Event, handler: Handler) -> None:
        failures = 0
        while not self._is_shut:
            try:
                await handler(event)
                return
            except UnavailableError:
                pass
            except Exception as error:
                failures += 1
                if failures == ATTEMPTS:
                    self._office.dead.append(f"{event.type}: {error!r}")
                    return
            await asyncio.sleep(0.1)
