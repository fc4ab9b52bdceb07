"""Work that runs beside a service for as long as it is open."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

log = structlog.get_logger()

PAUSE = 1.0


class Background:
    """Named tasks.  One that fails is logged, told by `problem`, and started again."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []
        self._failed: dict[str, str] = {}

    @classmethod
    @asynccontextmanager
    async def open(cls) -> "AsyncIterator[Background]":
        """Stop every task when the service closes."""
        background = cls()
        try:
            yield background
        finally:
            for task in background._tasks:
                task.cancel()
            await asyncio.gather(*background._tasks, return_exceptions=True)

    def run(self, name: str, work: Callable[[], Awaitable[None]], pause: float = PAUSE) -> None:
        """Start `work`; whenever it raises, start it again after `pause` seconds."""
        self._tasks.append(asyncio.create_task(self._keep(name, work, pause), name=name))

    def problem(self) -> str | None:
        """Say which work failed and has not been going well for a pause since."""
        return "; ".join(self._failed.values()) or None

    async def _keep(self, name: str, work: Callable[[], Awaitable[None]], pause: float) -> None:
        while True:
            try:
                await work()
                return
            except Exception as error:
                log.exception("background.failed", work=name)
                self._failed[name] = f"{name} failed ({type(error).__name__}) and starts again"
            await asyncio.sleep(pause)
            self._forget_later(name, pause)

    def _forget_later(self, name: str, pause: float) -> None:
        told = self._failed[name]

        def forget() -> None:
            if self._failed.get(name) is told:
                del self._failed[name]

        asyncio.get_running_loop().call_later(pause, forget)
