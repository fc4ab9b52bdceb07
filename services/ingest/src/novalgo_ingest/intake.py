"""Gathers the alerts that arrive while the store is busy, so that a burst shares its statements.

A statement for a hundred rows costs little more than one for a single row; a hundred statements
would keep the interpreter from the very requests that wait for them.
"""

import asyncio
from dataclasses import dataclass

from novalgo_ingest.store import Arrival, Store, Stored

LONGEST_GATHERING = 0.02
"""Seconds for which a burst is gathered at most."""
TURNS = 2
"""Of the event loop: one reads, the next one parses and judges what was read."""


@dataclass
class _Waiting:
    arrival: Arrival
    stored: "asyncio.Future[Stored]"


class Intake:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[_Waiting] = []
        self._storing: asyncio.Task[None] | None = None

    async def accept(self, arrival: Arrival, *, within: float | None = None) -> Stored:
        """Return once the alert is on disk, as a signal or as the resend of one.

        Raises `UnavailableError` when the store failed: nothing of it was kept; and `TimeoutError`
        after `within` seconds: it may be stored later all the same.
        """
        loop = asyncio.get_running_loop()
        waiting = _Waiting(arrival, loop.create_future())
        # A timer on the future costs a third of what cancelling the request's task would.
        timer = loop.call_later(within, _give_up, waiting.stored) if within is not None else None
        self._waiting.append(waiting)
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store_waiting())
        try:
            return await waiting.stored
        finally:
            if timer is not None:
                timer.cancel()

    async def _store_waiting(self) -> None:
        while self._waiting:
            await self._gather()
            batch, self._waiting = self._waiting, []
            try:
                stored = await self._store.accept([waiting.arrival for waiting in batch])
            except Exception as error:
                for waiting in batch:
                    if not waiting.stored.done():
                        waiting.stored.set_exception(error)
                continue
            for waiting, result in zip(batch, stored, strict=True):
                if not waiting.stored.done():  # its request gave up
                    waiting.stored.set_result(result)

    async def _gather(self) -> None:
        """Let the event loop read what has arrived already; with one alert waiting return at once.

        Alerts come one by one even in a burst, and a commit for one costs as much as eight alerts
        do: a few commits that are full leave the interpreter to the requests still unread.
        """
        loop = asyncio.get_running_loop()
        latest = loop.time() + LONGEST_GATHERING
        came = 1
        while came < len(self._waiting) and loop.time() < latest:
            came = len(self._waiting)
            for _ in range(TURNS):
                await asyncio.sleep(0)


def _give_up(stored: "asyncio.Future[Stored]") -> None:
    if not stored.done():
        stored.set_exception(TimeoutError())
