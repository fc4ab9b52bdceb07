"""Work of one key in order, that of different keys side by side.

What is done side by side is committed together: a burst costs a few commits, not one an event.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Generic, TypeAlias, TypeVar

T = TypeVar("T")

Spawn: TypeAlias = Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]


class Lanes(Generic[T]):
    """Does `work` on each item, for each key after all that came before of that key."""

    def __init__(
        self, work: Callable[[T], Awaitable[None]], spawn: Spawn = asyncio.create_task
    ) -> None:
        """`spawn` starts the task of a lane, which ends with what waits in it."""
        self._work = work
        self._spawn = spawn
        self._waiting: dict[str, deque[T]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def put(self, key: str, item: T) -> None:
        lane = self._waiting.get(key)
        if lane is not None:
            lane.append(item)
            return
        self._waiting[key] = deque([item])
        task = self._spawn(self._run(key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        """Return once nothing waits."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _run(self, key: str) -> None:
        lane = self._waiting[key]
        try:
            while lane:
                await self._work(lane.popleft())
        finally:
            del self._waiting[key]
