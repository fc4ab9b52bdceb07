"""Questions that are asked before somebody wants their answers."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from novalgo_common.clock import Clock
from novalgo_common.errors import UnavailableError

Answer = TypeVar("Answer")

LASTS = timedelta(seconds=1)
"""How old a question may be whose answer is still taken."""


@dataclass(frozen=True, slots=True)
class _Asked(Generic[Answer]):
    at: datetime
    answer: "asyncio.Future[Answer]"


class Ahead(Generic[Answer]):
    """Each answer is for one who wants it, and for none who wants it late."""

    def __init__(self, ask: Callable[[str], Awaitable[Answer]], clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._asked: dict[str, _Asked[Answer]] = {}

    def ask(self, about: str) -> None:
        """Ask in the background, where that is not being done already.

        A failure is told to nobody: whoever wants the answer asks again.
        """
        known = self._asked.get(about)
        if known is not None and not known.answer.done():
            return
        task = asyncio.ensure_future(self._ask(about))
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._asked[about] = _Asked(self._clock(), task)

    async def answer(self, about: str) -> Answer:
        """Return what was asked ahead, or else ask; raise what asking now raises."""
        asked = self._asked.pop(about, None)
        if asked is not None and timedelta(0) <= self._clock() - asked.at < LASTS:
            with suppress(UnavailableError):
                return await asked.answer
        return await self._ask(about)
