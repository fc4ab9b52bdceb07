"""`make endurance`: an hour at 20 signals a second; what grows, and what stays as it is.

The four services run as processes of their own over RabbitMQ, against a simulator without
Alpaca's limit of requests; after it new ones get as many for some minutes, to tell a slower machine
from a slower system.  The page and its picture are written at the end, and with each sample, so
that a run that is broken off has its results.
"""

import asyncio
import json
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Annotated

import httpx2
import typer
from rich.console import Console

from bench.alerts import alerts
from bench.broker import rabbitmq
from bench.disk import flushes
from bench.endurance_page import WINDOW, Run, write_endurance
from bench.machine import description
from bench.novalgo import SYMBOLS, NovAlgo, novalgo
from bench.results import RESULTS
from bench.sampling import Sample, Sampler

DOCS = Path("docs")
WHOLE = 60
"""Minutes from which on a run is published."""
SIGNALS_A_SECOND = 20
SAMPLE_SECONDS = 15.0
ACTIONS = ("BUY", "SELL", "CLOSE")


def main(
    minutes: Annotated[float, typer.Option(min=1, help="How long the signals come.")] = 60,
) -> None:
    """Send 20 signals a second, and show whether anything grows that should not.

    An hour or more writes docs/endurance.md, less writes var/bench/endurance.md; the samples are
    kept in var/bench.  The exit code is 1 when an alert was not answered with 200 or has no ending
    when all is done.
    """
    console = Console(width=120)
    page = (DOCS if minutes >= WHOLE else RESULTS) / "endurance.md"
    RESULTS.mkdir(parents=True, exist_ok=True)
    with system(console) as (running, sampler, machine):
        endurance = Endurance(
            running,
            sampler,
            console,
            lambda samples: keep(page, Run(machine=machine, samples=samples)),
        )
        asyncio.run(endurance.run(minutes * 60))
    console.print("And a new system, which says how fast the machine is now.")
    with system(console) as (running, sampler, _):
        fresh = Endurance(running, sampler, console)
        asyncio.run(fresh.run(WINDOW))
    run = Run(
        machine=machine,
        samples=endurance.samples,
        fresh=fresh.samples,
        unended=endurance.unended,
    )
    keep(page, run)
    unanswered = endurance.unanswered + fresh.unanswered
    if unanswered:
        console.print(f"[red]{unanswered} alerts were not answered with 200.[/]")
    raise typer.Exit(1 if unanswered or endurance.unended or fresh.unended else 0)


@contextmanager
def system(console: Console) -> Iterator[tuple[NovAlgo, Sampler, Mapping[str, str]]]:
    """Run the four services with empty stores; give them, their sampler, and what they run on."""
    with rabbitmq() as amqp_url, tempfile.TemporaryDirectory(prefix="novalgo-bench-") as folder:
        if amqp_url is None:
            console.print("[red]There is no RabbitMQ: install it, or set NOVALGO_TEST_AMQP_URL.[/]")
            raise typer.Exit(2)
        room = Path(folder)
        with novalgo(room, amqp_url) as running, flushes(room) as flushed:
            machine = description(datetime.now(UTC), amqp_url)
            yield running, Sampler(running, room, amqp_url, flushed), machine


class Endurance:
    """Sends alerts to a running system, and keeps what its samples say."""

    def __init__(
        self,
        running: NovAlgo,
        sampler: Sampler,
        console: Console,
        on_sample: Callable[[Sequence[Sample]], None] = lambda _: None,
    ) -> None:
        """Call `on_sample` with all samples after each of them."""
        self._running = running
        self._sampler = sampler
        self._console = console
        self._on_sample = on_sample
        self.samples: list[Sample] = []
        self.unanswered = 0
        """Alerts that were not answered with 200."""
        self.unended = 0

    async def run(self, seconds: float) -> None:
        """Send and sample for so long, and until every signal has its ending."""
        async with httpx2.AsyncClient(timeout=30) as client, asyncio.TaskGroup() as group:
            sampling = group.create_task(self._sample_for_ever())
            await self._send(client, group, seconds)
            self.unended = await self._sampler.drained()
            sampling.cancel()

    async def _send(
        self, client: httpx2.AsyncClient, group: asyncio.TaskGroup, seconds: float
    ) -> None:
        began = time.monotonic()
        for number in count():
            due = began + number / SIGNALS_A_SECOND
            if due >= began + seconds:
                return
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            group.create_task(self._alert(client, number))

    async def _alert(self, client: httpx2.AsyncClient, number: int) -> None:
        # Each symbol in turn; from one turn to the next it is bought, sold short and closed.
        turn, place = divmod(number, len(SYMBOLS))
        [body] = alerts(ACTIONS[turn % len(ACTIONS)], [SYMBOLS[place]])
        url = f"http://127.0.0.1:{self._running.ingest.port}/webhook"
        began = time.perf_counter()
        try:
            answer = await client.post(url, content=body)
        except httpx2.TransportError:
            self.unanswered += 1
            return
        self._sampler.answered(time.perf_counter() - began)
        self.unanswered += answer.status_code != 200

    async def _sample_for_ever(self) -> None:
        while True:
            await asyncio.sleep(SAMPLE_SECONDS)
            sample = await self._sampler.take()
            self.samples.append(sample)
            self._console.print(str(sample))
            self._on_sample(self.samples)


def keep(page: Path, run: Run) -> None:
    """Write the page, and the samples as JSON lines."""
    write_endurance(page, run)
    lines = (json.dumps(asdict(each)) + "\n" for each in (*run.samples, *run.fresh))
    (RESULTS / "endurance.json").write_text("".join(lines))


if __name__ == "__main__":
    # What it has started ends with it, also when it is asked to stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    typer.run(main)
