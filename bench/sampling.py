"""What a running system holds at one moment: memory, handles, queues, files, latencies."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import aio_pika

from bench.figures import percentile
from bench.memory import resident
from bench.metrics import endings, metrics
from bench.novalgo import SERVICES, NovAlgo
from bench.servers import Server
from novalgo_common.topology import QUEUES

DRAIN_WITHIN = 300.0
LATE_STAGES = ("submitted", "filled", "shown")


@dataclass(frozen=True, slots=True)
class Sample:
    """Everything by service or by stage.  Latencies are of the time since the sample before."""

    seconds: float
    """Since the start."""
    alerts: int
    """Answered since the start."""
    processor: Mapping[str, float]
    """Percent of a core, of the simulator too, since the sample before."""
    megabytes: Mapping[str, float]
    handles: Mapping[str, int]
    threads: Mapping[str, int]
    stored_megabytes: Mapping[str, float]
    queued: int
    """Messages that lie in RabbitMQ's queues."""
    answer_p50: float
    """Milliseconds."""
    answer_p99: float
    """Milliseconds."""
    stage_means: Mapping[str, float]
    """Seconds from a signal's storage to each stage, in the mean."""
    flush_p50: float
    """Milliseconds that the disk takes for a block that is nobody's."""
    flush_p99: float
    """Milliseconds."""

    def __str__(self) -> str:
        memory = ", ".join(f"{name} {value:.0f} MB" for name, value in self.megabytes.items())
        return (
            f"{self.seconds / 60:5.1f} min  {self.alerts:6,} alerts  p99 {self.answer_p99:4.0f} ms"
            f"  queued {self.queued}  {memory}"
        )


class Sampler:
    def __init__(
        self,
        running: NovAlgo,
        folder: Path,
        amqp_url: str,
        flushed: Callable[[], Sequence[float]],
    ) -> None:
        """`flushed` tells the seconds of the disk's flushes since it was asked last."""
        self._services: dict[str, Server] = dict(zip(SERVICES, running.services, strict=True))
        self._simulator = running.simulator
        self._folder = folder
        self._amqp_url = amqp_url
        self._flushed = flushed
        self._began = self._sampled_at = time.monotonic()
        self._computed = self._cpu_seconds()
        self._alerts = 0
        self._answers: list[float] = []
        self._stages: Mapping[str, tuple[float, float]] = {}

    def answered(self, seconds: float) -> None:
        self._alerts += 1
        self._answers.append(seconds)

    async def take(self) -> Sample:
        answers, self._answers = self._answers or [0.0], []
        flushes = self._flushed() or [0.0]
        before, self._stages = self._stages, await self._stage_sums()
        return Sample(
            seconds=time.monotonic() - self._began,
            alerts=self._alerts,
            processor=self._processor(),
            megabytes={name: resident(each) for name, each in self._services.items()},
            handles={name: _count(each, "fd") for name, each in self._services.items()},
            threads={name: _count(each, "task") for name, each in self._services.items()},
            stored_megabytes={name: self._stored(name) for name in SERVICES},
            queued=await self._queued(),
            answer_p50=percentile(answers, 50) * 1000,
            answer_p99=percentile(answers, 99) * 1000,
            stage_means=_means(before, self._stages),
            flush_p50=percentile(flushes, 50) * 1000,
            flush_p99=percentile(flushes, 99) * 1000,
        )

    async def drained(self) -> int:
        """Wait until every signal has its ending; return how many have none after a while."""
        deadline = time.monotonic() + DRAIN_WITHIN
        executor = self._services["executor"]
        while (missing := self._alerts - await asyncio.to_thread(endings, executor)) > 0:
            if time.monotonic() > deadline:
                break
            await asyncio.sleep(0.5)
        return missing

    def _processor(self) -> Mapping[str, float]:
        before, self._computed = self._computed, self._cpu_seconds()
        since, self._sampled_at = self._sampled_at, time.monotonic()
        return {
            name: 100 * (seconds - before[name]) / (self._sampled_at - since)
            for name, seconds in self._computed.items()
        }

    def _cpu_seconds(self) -> Mapping[str, float]:
        processes = {**self._services, "simulator": self._simulator}
        return {name: each.cpu_seconds() for name, each in processes.items()}

    async def _stage_sums(self) -> Mapping[str, tuple[float, float]]:
        found = await asyncio.to_thread(metrics, self._services["analytics"])
        sums, counts = (found.get(f"novalgo_stage_seconds_{part}", {}) for part in ("sum", "count"))
        return {stage: (sums.get(stage, 0.0), counts.get(stage, 0.0)) for stage in LATE_STAGES}

    async def _queued(self) -> int:
        async with await aio_pika.connect(self._amqp_url) as connection:
            channel = await connection.channel()
            names = [name for queue in QUEUES for name in queue.names()]
            declared = [await channel.declare_queue(name, passive=True) for name in names]
        return sum(each.declaration_result.message_count or 0 for each in declared)

    def _stored(self, service: str) -> float:
        files = self._folder.glob(f"{service}.sqlite*")
        return sum(each.stat().st_size for each in files) / 1024**2


def _count(server: Server, what: str) -> int:
    return len(list(Path(f"/proc/{server.process.pid}/{what}").iterdir()))


def _means(
    before: Mapping[str, tuple[float, float]], now: Mapping[str, tuple[float, float]]
) -> Mapping[str, float]:
    means = {}
    for stage, (total, number) in now.items():
        total_before, number_before = before.get(stage, (0.0, 0.0))
        if number > number_before:
            means[stage] = (total - total_before) / (number - number_before)
    return means
