"""One request for all who want the same kind of thing at the same moment."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Wish = TypeVar("Wish")
Answer = TypeVar("Answer")


class Shared(Generic[Wish, Answer]):
    """Asks for the first wish at once; those that come meanwhile share the next request.

    An answer is thus never older than the wish.
    """

    def __init__(
        self, ask: Callable[[Sequence[Wish]], Awaitable[Answer]], *, gather: float = 0.0
    ) -> None:
        """Wait `gather` seconds for more wishes before each request."""
        self._ask = ask
        self._seconds = gather
        self._wishes: list[Wish] = []
        self._gathering: asyncio.Task[Answer] | None = None
        self._asking = asyncio.Lock()

    async def get(self, wish: Wish) -> Answer:
        """Return the answer to a request that covers the wish; raise what the request raises."""
        self._wishes.append(wish)
        if self._gathering is None:
            self._gathering = asyncio.create_task(self._gather())
            # Whoever wished may be gone when it fails: then nobody is left to be told.
            self._gathering.add_done_callback(lambda task: task.cancelled() or task.exception())
        return await asyncio.shield(self._gathering)

    async def _gather(self) -> Answer:
        async with self._asking:
            if self._seconds:
                await asyncio.sleep(self._seconds)
            wishes, self._wishes = self._wishes, []
            self._gathering = None
            return await self._ask(wishes)
