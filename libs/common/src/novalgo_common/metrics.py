"""What every service tells Prometheus, whatever else it counts."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

from prometheus_client import CollectorRegistry, Gauge, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from novalgo_common.clock import Clock
from novalgo_common.errors import UnavailableError
from novalgo_common.store import Outbox

LOOK_EVERY = 5.0

READY = "novalgo_ready"
CHECK_FAILED = "novalgo_check_failed"


class CheckCollector(Collector):
    """Says at each scrape which checks of `/ready` have something to say.

    `problems` returns a sentence, or None, for each check by its name.
    """

    def __init__(self, problems: Callable[[], Mapping[str, str | None]]) -> None:
        self._problems = problems

    def collect(self) -> Iterable[Metric]:
        problems = self._problems()
        ready = not any(problems.values())
        yield GaugeMetricFamily(READY, "1 while the service may be given work", value=ready)
        failed = GaugeMetricFamily(
            CHECK_FAILED, "1 while this check keeps the service from being ready", labels=["check"]
        )
        for check, problem in problems.items():
            failed.add_metric([check], problem is not None)
        yield failed


class OutboxWatch:
    """Counts what waits in a service's outbox."""

    def __init__(self, outbox: Outbox, registry: CollectorRegistry, clock: Clock) -> None:
        self._outbox = outbox
        self._clock = clock
        self._depth, self._oldest = outbox_gauges(registry)

    async def run(self) -> None:
        """Count for ever.  A store that is away says so elsewhere; here the last count stays."""
        while True:
            with suppress(UnavailableError):
                await self.look()
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        backlog = await self._outbox.backlog()
        age = (self._clock() - backlog.oldest).total_seconds() if backlog.oldest else 0.0
        self._depth.set(backlog.depth)
        self._oldest.set(age)


def outbox_gauges(registry: CollectorRegistry) -> tuple[Gauge, Gauge]:
    """Return the depth of an outbox, and the age of its oldest event in seconds."""
    depth = Gauge(
        "novalgo_outbox_depth", "Events that the bus has not confirmed", registry=registry
    )
    oldest = Gauge(
        "novalgo_outbox_oldest_seconds", "Age of the oldest unconfirmed event", registry=registry
    )
    return depth, oldest


def watch_process(
    registry: CollectorRegistry, problems: Callable[[], Mapping[str, str | None]]
) -> None:
    """Add what is told of every process: whether it is ready, its memory, its time."""
    registry.register(CheckCollector(problems))
    ProcessCollector(registry=registry)
