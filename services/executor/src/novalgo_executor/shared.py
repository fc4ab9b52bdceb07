"""One request for all who want the same kind of thing at the same moment."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from novalgo_common.errors import UnavailableError

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
        self._running: set[asyncio.Task[Answer]] = set()
        self._closed = False

    async def get(self, wish: Wish) -> Answer:
        """Return the answer to a request that covers the wish; raise what the request raises."""
        if self._closed:
            raise UnavailableError("nothing is asked any more")
        self._wishes.append(wish)
        if self._gathering is None:
            self._gathering = asyncio.create_task(self._gather())
            self._running.add(self._gathering)
            self._gathering.add_done_callback(self._finished)
        return await asyncio.shield(self._gathering)

    async def close(self) -> None:
        """Give up what is being asked: whom it is asked of is about to go."""
        self._closed = True
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _finished(self, task: "asyncio.Task[Answer]") -> None:
        self._running.discard(task)
        # Whoever wished may be gone when it fails: then nobody is left to be told.
        if not task.cancelled():
            task.exception()

    async def _gather(self) -> Answer:
        try:
            async with self._asking:
                if self._seconds:
                    await asyncio.sleep(self._seconds)
                wishes, self._wishes = self._wishes, []
                self._gathering = None
                return await self._ask(wishes)
        except asyncio.CancelledError:
            raise UnavailableError("nothing is asked any more") from None
