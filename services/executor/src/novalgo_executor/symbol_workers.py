"""Works on the signals: one symbol's one after the other, the symbols side by side."""

import asyncio
from collections import Counter
from uuid import UUID

import structlog

from novalgo_common.errors import UnavailableError
from novalgo_common.events import Ending
from novalgo_common.observability import about
from novalgo_executor.desk import Desk
from novalgo_executor.facts import Signal
from novalgo_executor.steps import End, Wait
from novalgo_executor.store import Store

log = structlog.get_logger()

PATIENCE = 2.0
"""Seconds without news after which open orders are looked up; each time twice as long."""
LONGEST_PATIENCE = 30.0
RETRY = 1.0
CRASHES = 5
"""How often a signal may break its worker before it is laid aside as dead."""


class SymbolWorkers:
    """A worker for each symbol that has signals without an ending.  Closed until `open`."""

    def __init__(self, store: Store, desk: Desk) -> None:
        self._store = store
        self._desk = desk
        self._is_open = False
        self._news: dict[str, asyncio.Event] = {}
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._crashes: Counter[UUID] = Counter()

    async def open(self) -> None:
        """Begin, or look again at every symbol: the store agrees with the broker now."""
        self._is_open = True
        self._desk.try_again()
        await self.look_again()

    def wake(self, symbol: str) -> None:
        """There is news of the symbol: a signal, or an order."""
        self._news.setdefault(symbol, asyncio.Event()).set()
        worker = self._workers.get(symbol)
        if self._is_open and (worker is None or worker.done()):
            self._workers[symbol] = asyncio.create_task(self._work(symbol), name=f"worker {symbol}")

    async def look_again(self) -> None:
        """Wake every symbol that has signals without an ending."""
        for symbol in await self._store.symbols():
            self.wake(symbol)

    async def close(self) -> None:
        """Stop; what was begun goes on from the store after the next start."""
        self._is_open = False
        workers = list(self._workers.values())
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    async def _work(self, symbol: str) -> None:
        news = self._news[symbol]
        patience = PATIENCE
        look_up = False
        while True:
            news.clear()
            try:
                waits = await self._advance_all(symbol, look_up=look_up)
            except UnavailableError as error:
                log.warning("worker.waits", symbol=symbol, problem=str(error))
                await asyncio.sleep(RETRY)
                continue
            if not waits and not news.is_set():
                return
            soonest = min((wait.seconds for wait in waits if wait.seconds), default=patience)
            try:
                async with asyncio.timeout(min(patience, soonest)):
                    await news.wait()
                look_up, patience = False, PATIENCE
            except TimeoutError:
                look_up = soonest >= patience
                patience = min(LONGEST_PATIENCE, patience * 2) if look_up else patience

    async def _advance_all(self, symbol: str, *, look_up: bool) -> list[Wait]:
        """Take each signal as far as it goes; return the waits of those that still have some."""
        waits = []
        for signal in await self._desk.waiting(symbol):
            with about(signal.signal_id, symbol=symbol):
                if look_up:
                    await self._desk.look_up_open(signal)
                wait = await self._advance(signal)
            if wait is None:
                continue
            waits.append(wait)
            if not wait.parked:
                break
        return waits

    async def _advance(self, signal: Signal) -> Wait | None:
        try:
            return await self._desk.advance(signal)
        except UnavailableError:
            raise
        except Exception as error:
            # A fault of ours.  It must neither stop the symbol for ever nor be hidden.
            log.exception("signal.crashed")
            self._crashes[signal.signal_id] += 1
            if self._crashes[signal.signal_id] < CRASHES:
                raise UnavailableError(f"the signal broke its worker ({error!r})") from error
            await self._desk.end(
                signal, End(Ending.DEAD, None, f"NovAlgo failed on it ({type(error).__name__})")
            )
            return None
