"""What stays open, in an event loop that stands still, while others have their turn."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")

Run: TypeAlias = Callable[[Coroutine[Any, Any, Any]], Any]


@contextmanager
def kept_open(context: AbstractAsyncContextManager[T]) -> Iterator[tuple[T, Run]]:
    """Yield what the context gives, and what runs work in its event loop to the end."""
    with asyncio.Runner() as runner:

        async def enter() -> T:
            return await context.__aenter__()

        async def leave() -> None:
            await context.__aexit__(None, None, None)

        inside = runner.run(enter())
        try:
            yield inside, runner.run
        finally:
            runner.run(leave())
