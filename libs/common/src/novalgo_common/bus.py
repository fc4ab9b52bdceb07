"""The bus as services see it.  `RabbitBus` and `LocalBus` keep these promises alike.

- A publish returns when every durable queue of the event (topology.py) has taken it: on RabbitMQ
  stored it, on the LocalBus handled it.  Any error means "publish it again".
- A queue's events of one key are handled one after the other, in the order of their publication.
- Every event is handled at least once: handlers drop the ids that they have seen.
- A handler that raises `UnavailableError` sees the event again until it succeeds; `PermanentError`
  sends the event to the dead letters at once; anything else after `ATTEMPTS` tries.
- No side effect belongs in a handler but its own store's commit: a delivery may be cut at any time.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeAlias

from novalgo_common.dead_letters import DeadLetter
from novalgo_common.events import Event
from novalgo_common.topology import Queue

ATTEMPTS = 5

Handler: TypeAlias = Callable[[Event], Awaitable[None]]
Responder: TypeAlias = Callable[[Event], Awaitable[Event]]


class Publisher(Protocol):
    async def publish(self, event: Event) -> None:
        """Hand the event to every queue that must have it; raise `PublishError` otherwise."""


class Bus(Publisher, Protocol):
    async def subscribe(self, queue: Queue, handler: Handler) -> None:
        """Handle the queue's events from now on, as its single active consumer or in standby."""

    async def follow(self, event: type[Event], handler: Handler) -> None:
        """Handle each broadcast event that is published while this process is connected."""

    async def respond(self, request: type[Event], responder: Responder) -> None:
        """Answer requests of this kind."""

    async def request(self, request: Event, *, within: float) -> Event:
        """Return the answer; raise `UnavailableError` when none comes in time (seconds)."""

    def problems(self) -> list[str]:
        """Return what keeps the bus from working now, a sentence each; nothing when it works."""

    def dead_letter_count(self) -> int:
        """Return how many messages lie among the dead letters, as last known."""

    async def dead_letters(self) -> Sequence[DeadLetter]:
        """Return the oldest dead letters; raise `UnavailableError` where they cannot be read."""

    async def replay(self, letter_id: str) -> bool:
        """Hand a dead letter to its queue again and forget it; say whether it was there.

        `PublishError`: the queue has not taken it, and the letter stays.  One that dies again is
        a dead letter again.
        """

    async def close(self) -> None:
        """Stop consuming, let running handlers finish, and disconnect."""
