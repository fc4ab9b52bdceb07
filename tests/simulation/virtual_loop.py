"""An event loop whose time is not the world's: it jumps to the next timer when nothing is ready.

Work for threads runs inside the loop, between two waits of the caller, so that one thread does
everything in an order that chance alone decides.
"""

import asyncio
import random
import selectors
from collections.abc import Callable
from typing import Any

SHUFFLED = 0.3
"""The share of the loop's turns in which what is ready runs in another order."""


class _Jump(selectors.SelectSelector):
    """Waits for no file: waiting is moving the clock."""

    def __init__(self, jump: Callable[[float], None]) -> None:
        super().__init__()
        self._jump = jump

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("everything waits, and for nothing")
        if timeout > 0:
            self._jump(timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Time in seconds since the beginning of the simulation."""

    def __init__(
        self,
        chance: random.Random,
        on_step: Callable[[str], None],
        on_failure: Callable[[BaseException], None],
    ) -> None:
        """Call `on_failure` with what the simulation's own callbacks raise."""
        self._seconds = 0.0
        self._on_failure = on_failure
        self._chance = chance
        self._on_step = on_step
        super().__init__(_Jump(self._jump))
        self.set_exception_handler(self._hear_of)

    def time(self) -> float:
        return self._seconds

    def run_in_executor(  # type: ignore[override]
        self, _executor: object, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Run the work here, a little later; a crash can come before it, and before its answer."""
        future: asyncio.Future[Any] = self.create_future()
        self.call_later(self._moment(), self._work, future, func, args)
        return future

    def _work(self, future: asyncio.Future[Any], func: Callable[..., Any], args: Any) -> None:
        self._on_step("before the store works")
        try:
            result, error = func(*args), None
        except Exception as failure:
            result, error = None, failure
        self._on_step("the store has worked")
        self.call_later(self._moment(), _settle, future, result, error)

    def _hear_of(self, _loop: object, context: dict[str, Any]) -> None:
        # What tasks raise is told elsewhere, or is the dying word of a killed process.
        if "handle" in context:
            self._on_failure(context["exception"])

    def _moment(self) -> float:
        return self._chance.random() * 0.004

    def _jump(self, seconds: float) -> None:
        self._seconds += seconds

    def _run_once(self) -> None:
        ready: Any = self._ready  # type: ignore[attr-defined]
        if len(ready) > 1 and self._chance.random() < SHUFFLED:
            handles = list(ready)
            self._chance.shuffle(handles)
            ready.clear()
            ready.extend(handles)
        super()._run_once()  # type: ignore[misc]


def _settle(future: asyncio.Future[Any], result: Any, error: Exception | None) -> None:
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)
