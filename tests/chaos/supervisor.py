"""Starts again what ends, as the container runtime does: the only hand that a run has."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from tests.system import System

PAUSE = 0.5
"""Seconds from an end to the next start."""


class Supervisor:
    def __init__(self, system: System) -> None:
        self._system = system
        self.kills: Counter[str] = Counter()
        self.exits: Counter[str] = Counter()
        """Processes that ended by themselves, such as one that found no RabbitMQ at its start."""

    @classmethod
    @asynccontextmanager
    async def watching(cls, system: System, services: Sequence[str]) -> "AsyncIterator[Supervisor]":
        """Start the services, and keep them running until the end."""
        supervisor = cls(system)
        keeping: list[asyncio.Task[None]] = []
        try:
            # The simulator writes the credentials that the sheets service reads.
            for service in sorted(services, key=lambda service: service != "simulator"):
                await system.start(service)
                keeping.append(asyncio.create_task(supervisor._keep(service)))
            yield supervisor
        finally:
            for task in keeping:
                task.cancel()
            await asyncio.gather(*keeping, return_exceptions=True)
            for process in system.processes.values():
                if process.returncode is None:
                    process.kill()
                    await process.wait()

    def kill(self, service: str) -> bool:
        """Kill a service, however far it is with its start; say whether it was alive."""
        process = self._system.processes[service]
        if process.returncode is not None:
            return False
        process.kill()
        self.kills[service] += 1
        return True

    async def _keep(self, service: str) -> None:
        while True:
            code = await self._system.processes[service].wait()
            if code != -signal.SIGKILL:
                self.exits[service] += 1
            await asyncio.sleep(PAUSE)
            await self._system.spawn(service)
