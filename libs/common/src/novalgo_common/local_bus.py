"""The bus of services that share one process: nothing is stored between publish and handler.

A publish returns when every queue's handler has returned, so an outbox that publishes again what
was not confirmed loses nothing in a crash.  For the same reason a handler must not publish to its
own queue: it would wait for itself.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from novalgo_common.bus import Handler, Responder
from novalgo_common.clock import Clock, utc_now
from novalgo_common.dead_letters import DeadLetter, DeadLetters
from novalgo_common.delivery import Sleep, describe
from novalgo_common.errors import PublishError, UnavailableError, UnroutableError
from novalgo_common.events import Event, type_of
from novalgo_common.obituaries import Obituaries
from novalgo_common.topology import BROADCASTS, Queue, destinations
from novalgo_common.wire import decode, encode
from novalgo_common.worker import Told, Worker

_log = structlog.get_logger()


@dataclass(frozen=True)
class _Handed:
    """A published event on its way through one queue; its publisher waits for `outcome`."""

    queue: str
    body: bytes
    dead_letters: DeadLetters
    obituaries: Obituaries
    clock: Clock
    outcome: asyncio.Future[None] = field(default_factory=asyncio.Future)
    is_gone: bool = False

    async def handled(self) -> None:
        self._end(None)

    async def dead(self, error: str) -> None:
        await self.dead_letters.add(DeadLetter(self.queue, self.body, error, self.clock()))
        self.obituaries.tell(self.queue, self.body, error)
        self._end(None)

    def left(self) -> None:
        self._end(PublishError(f"{self.queue} has not taken the event"))

    def _end(self, error: PublishError | None) -> None:
        if self.outcome.done():  # the publisher was cancelled
            return
        if error is None:
            self.outcome.set_result(None)
        else:
            self.outcome.set_exception(error)


class LocalBus:
    """A `Bus` within one process."""

    def __init__(
        self, dead_letters: DeadLetters, *, clock: Clock = utc_now, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._dead_letters = dead_letters
        self._obituaries = Obituaries(self.publish, clock)
        self._clock = clock
        self._sleep = sleep
        self._workers: dict[str, Worker] = {}
        self._followers: dict[str, list[Worker]] = {}
        self._responders: dict[str, Responder] = {}
        self._closed = False

    async def publish(self, event: Event) -> None:
        if self._closed:
            raise PublishError("the bus is closed")
        body = encode(event)
        workers = {name: self._subscriber(name) for name in destinations(event)}
        outcomes = [self._hand(worker, name, body) for name, worker in workers.items()]
        if type(event) in BROADCASTS:
            for follower in self._followers.get(event.type, ()):
                follower.take(Told(body))
        results = await asyncio.gather(*outcomes, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def subscribe(self, queue: Queue, handler: Handler) -> None:
        for name in queue.names():
            if name in self._workers:
                raise ValueError(f"{name} has a subscriber already")
            self._workers[name] = Worker(name, handler, sleep=self._sleep)

    async def follow(self, event: type[Event], handler: Handler) -> None:
        follower = Worker(f"broadcast {type_of(event)}", handler, sleep=self._sleep)
        self._followers.setdefault(type_of(event), []).append(follower)

    async def respond(self, request: type[Event], responder: Responder) -> None:
        self._responders[type_of(request)] = responder

    async def request(self, request: Event, *, within: float) -> Event:
        responder = self._responders.get(request.type)
        if responder is None or self._closed:
            raise UnavailableError(f"nobody answers {request.type}")
        try:
            async with asyncio.timeout(within):
                answer = await responder(decode(encode(request)))
        except TimeoutError:
            raise UnavailableError(f"{request.type} was not answered in {within:g} s") from None
        except UnavailableError as error:  # not yet: nothing that its owner must look at
            raise UnavailableError(f"{request.type} was not answered: {error}") from None
        except Exception as error:
            _log.error("request.failed", type=request.type, error=describe(error))
            raise UnavailableError(f"{request.type} could not be answered") from None
        return decode(encode(answer))

    def problems(self) -> list[str]:
        return ["The bus is closed."] if self._closed else []

    def dead_letter_count(self) -> int:
        return self._dead_letters.count()

    async def dead_letters(self) -> Sequence[DeadLetter]:
        return await self._dead_letters.oldest()

    async def replay(self, letter_id: str) -> bool:
        letters = await self.dead_letters()
        letter = next((each for each in letters if each.letter_id == letter_id), None)
        if letter is None:
            return False
        await self._hand(self._subscriber(letter.queue), letter.queue, letter.body)
        await self._dead_letters.remove(letter)
        return True

    async def close(self) -> None:
        self._closed = True
        followers = [worker for workers in self._followers.values() for worker in workers]
        await asyncio.gather(*(worker.stop() for worker in (*self._workers.values(), *followers)))
        await self._obituaries.close()

    def _subscriber(self, name: str) -> Worker:
        worker = self._workers.get(name)
        if worker is None:
            raise UnroutableError(f"{name} has no subscriber")
        return worker

    def _hand(self, worker: Worker, name: str, body: bytes) -> asyncio.Future[None]:
        handed = _Handed(name, body, self._dead_letters, self._obituaries, self._clock)
        worker.take(handed)
        return handed.outcome
