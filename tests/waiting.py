"""Waiting for what happens by itself, without guessing how long that takes."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def until(condition: Callable[[], bool], *, seconds: float = 60) -> None:
    """Return as soon as the condition holds; fail where it does not come to."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "what the test waits for did not happen"
        await asyncio.sleep(0.01)


async def until_told(ask: Callable[[], Awaitable[bool]], *, seconds: float = 60) -> None:
    """Return as soon as the answer is yes, where somebody has to be asked."""
    deadline = time.monotonic() + seconds
    while not await ask():
        assert time.monotonic() < deadline, "what the test waits for did not happen"
        await asyncio.sleep(0.01)
