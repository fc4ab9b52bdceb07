"""`make endurance`: an hour at 20 signals a second; what grows, and what stays as it is.

The four services run as processes of their own over RabbitMQ, against a simulator without
Alpaca's limit of requests.  The samples, the plots and a page with both are written at the end, and
with each sample, so that a run that is broken off has its results.
"""

import asyncio
import json
import signal
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
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
from bench.endurance_page import write_endurance
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
    RESULTS.mkdir(parents=True, exist_ok=True)
    with rabbitmq() as amqp_url, tempfile.TemporaryDirectory(prefix="novalgo-bench-") as folder:
        if amqp_url is None:
            console.print("[red]There is no RabbitMQ: install it, or set NOVALGO_TEST_AMQP_URL.[/]")
            raise typer.Exit(2)
        room = Path(folder)
        with novalgo(room, amqp_url) as running:
            machine = description(datetime.now(UTC), amqp_url)
            page = (DOCS if minutes >= WHOLE else RESULTS) / "endurance.md"
            sampler = Sampler(running, room, amqp_url)
            endurance = Endurance(running, sampler, console, machine, page)
            unanswered = asyncio.run(endurance.run(minutes * 60))
    if unanswered:
        console.print(f"[red]{unanswered} alerts were not answered with 200.[/]")
    raise typer.Exit(1 if unanswered or endurance.unended else 0)


class Endurance:
    def __init__(
        self,
        running: NovAlgo,
        sampler: Sampler,
        console: Console,
        machine: Mapping[str, str],
        page: Path,
    ) -> None:
        self._running = running
        self._sampler = sampler
        self._console = console
        self._machine = machine
        self._page = page
        self._samples: list[Sample] = []
        self._unanswered = 0
        self.unended = 0

    async def run(self, seconds: float) -> int:
        """Send and sample for so long; return how many alerts were not answered with 200."""
        async with httpx2.AsyncClient(timeout=30) as client, asyncio.TaskGroup() as group:
            sampling = group.create_task(self._sample_for_ever())
            await self._send(client, group, seconds)
            self.unended = await self._sampler.drained()
            sampling.cancel()
        self._write()
        return self._unanswered

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
            self._unanswered += 1
            return
        self._sampler.answered(time.perf_counter() - began)
        self._unanswered += answer.status_code != 200

    async def _sample_for_ever(self) -> None:
        while True:
            await asyncio.sleep(SAMPLE_SECONDS)
            sample = await self._sampler.take()
            self._samples.append(sample)
            self._console.print(str(sample))
            self._write()

    def _write(self) -> None:
        write_endurance(self._page, self._machine, self._samples, self.unended)
        save(RESULTS / "endurance.json", self._samples)


def save(path: Path, samples: Sequence[Sample]) -> None:
    """Write the samples as JSON lines."""
    path.write_text("".join(json.dumps(asdict(each)) + "\n" for each in samples))


if __name__ == "__main__":
    # What it has started ends with it, also when it is asked to stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    typer.run(main)
