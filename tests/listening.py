"""Subscribers for tests: what a queue's handler saw, and one that fails as told."""

from novalgo_common.bus import Bus, Handler
from novalgo_common.events import Event
from novalgo_common.topology import QUEUES, Queue


class Listener:
    """A handler that remembers; while `failures` has any, it raises those first."""

    def __init__(self, *failures: BaseException) -> None:
        self.failures = list(failures)
        self.seen: list[Event] = []
        """Every try, the failed ones too."""
        self.handled: list[Event] = []

    async def __call__(self, event: Event) -> None:
        self.seen.append(event)
        if self.failures:
            raise self.failures.pop(0)
        self.handled.append(event)


async def listen(bus: Bus, handlers: dict[str, Handler]) -> None:
    """Subscribe these handlers, by queue name, and one that ignores all for each other queue."""
    for queue in QUEUES:
        await bus.subscribe(queue, handlers.get(queue.name, _ignore))


async def listen_everywhere(bus: Bus) -> dict[str, Listener]:
    listeners = {queue.name: Listener() for queue in QUEUES}
    await listen(bus, dict(listeners))
    return listeners


def in_different_partitions(queue: Queue, symbols: tuple[str, ...]) -> tuple[str, str]:
    """Return two of the symbols that go through different partitions of the queue."""
    first = symbols[0]
    other = next(each for each in symbols if queue.name_for(each) != queue.name_for(first))
    return first, other


async def _ignore(event: Event) -> None:
    pass
