"""The dead letters of RabbitMQ: looked at without taking them, and put back into their queues."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from aio_pika.abc import AbstractIncomingMessage, AbstractRobustChannel, AbstractRobustConnection
from aio_pika.exceptions import CONNECTION_EXCEPTIONS

from novalgo_common.dead_letters import MOST_READ, DeadLetter
from novalgo_common.errors import UnavailableError, UnroutableError
from novalgo_common.rabbitmq.connection import state_of
from novalgo_common.topology import DEAD_LETTERS, DELIVERY_LIMIT, QUEUES

_WITHIN_SECONDS = 10.0
_CRASHED = f"it was handed out more than {DELIVERY_LIMIT} times and never answered for"


class DeadLetterQueue:
    """What is looked at stays: unacknowledged, it goes back to its place when the channel ends."""

    def __init__(
        self,
        connection: AbstractRobustConnection,
        put_back: Callable[[str, bytes], Awaitable[None]],
    ) -> None:
        self._connection = connection
        self._put_back = put_back
        self._looking = asyncio.Lock()
        self.count = 0
        """As last known."""

    async def count_again(self, channel: AbstractRobustChannel) -> None:
        self.count = (await state_of(channel, DEAD_LETTERS)).message_count or 0

    async def oldest(self) -> Sequence[DeadLetter]:
        async with self._opened() as messages:
            return [_letter(message) async for message in messages]

    async def replay(self, letter_id: str) -> bool:
        """Put the letter into its queue, confirmed, and only then take it from the dead ones."""
        async with self._opened() as messages:
            async for message in messages:
                letter = _letter(message)
                if letter.letter_id == letter_id:
                    await self._put_back(_queue_of(letter), letter.body)
                    await message.ack()
                    return True
        return False

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[AsyncIterator[AbstractIncomingMessage]]:
        try:
            # One at a time: what another has in its hands is not there meanwhile.
            async with (
                asyncio.timeout(_WITHIN_SECONDS),
                self._looking,
                self._connection.channel() as channel,
            ):
                queue = await channel.get_queue(DEAD_LETTERS, ensure=False)
                yield _messages(queue)
        except (TimeoutError, *CONNECTION_EXCEPTIONS):
            raise UnavailableError("RabbitMQ does not tell the dead letters now") from None


async def _messages(queue: Any) -> AsyncIterator[AbstractIncomingMessage]:
    for _ in range(MOST_READ):
        message = await queue.get(fail=False)
        if message is None:
            return
        yield message


def _letter(message: AbstractIncomingMessage) -> DeadLetter:
    headers: dict[str, Any] = dict(message.headers)
    return DeadLetter(
        queue=str(headers.get("queue") or headers.get("x-first-death-queue") or ""),
        body=message.body,
        error=str(headers.get("error") or _CRASHED),
        died_at=_died_at(headers),
    )


def _died_at(headers: dict[str, Any]) -> datetime | None:
    """Return when we buried it, or RabbitMQ did."""
    if (told := headers.get("died_at")) is not None:
        return datetime.fromisoformat(str(told))
    for death in headers.get("x-death") or ():
        if isinstance(at := death.get("time"), datetime):
            return at if at.tzinfo else at.replace(tzinfo=UTC)
    return None


def _queue_of(letter: DeadLetter) -> str:
    if letter.queue not in {name for queue in QUEUES for name in queue.names()}:
        raise UnroutableError(f"{letter.queue or 'its queue'} is no queue of ours")
    return letter.queue
