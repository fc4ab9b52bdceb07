"""`make bench`: how fast NovAlgo is, as ratios to a floor that is measured in the same run."""

import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from bench import (
    abuse,
    alert_to_order,
    allowance,
    burst,
    idle,
    killed,
    memory,
    page,
    profit,
    publishing,
    replaced,
    replicas,
    restart,
    rows,
    sheet_memory,
    sustained,
)
from bench.broker import rabbitmq
from bench.client import client
from bench.figures import Found
from bench.machine import description
from bench.report import show, write_page
from bench.results import RESULTS, Measured, Run, save
from bench.stage import Given, Stage
from tests.rabbitmq import delete_our_queues

DOCS = Path("docs")


class Name(StrEnum):
    BURST = "burst"
    SUSTAINED = "sustained"
    REPLICAS = "replicas"
    PUBLISHING = "publishing"
    REPLACED = "replaced"
    KILLED = "killed"
    ALERT_TO_ORDER = "alert-to-order"
    ALLOWANCE = "allowance"
    PAGE = "page"
    PROFIT = "profit"
    ROWS = "rows"
    ABUSE = "abuse"
    MEMORY = "memory"
    SHEET_MEMORY = "sheet-memory"
    IDLE = "idle"
    RESTART = "restart"


BENCHMARKS: dict[Name, Callable[[Stage], Sequence[Found]]] = {
    Name.BURST: burst.measure,
    Name.SUSTAINED: sustained.measure,
    Name.REPLICAS: replicas.measure,
    Name.PUBLISHING: publishing.measure,
    Name.REPLACED: replaced.measure,
    Name.KILLED: killed.measure,
    Name.ALERT_TO_ORDER: alert_to_order.measure,
    Name.ALLOWANCE: allowance.measure,
    Name.PAGE: page.measure,
    Name.PROFIT: profit.measure,
    Name.ROWS: rows.measure,
    Name.ABUSE: abuse.measure,
    Name.MEMORY: memory.measure,
    Name.SHEET_MEMORY: sheet_memory.measure,
    Name.IDLE: idle.measure,
    Name.RESTART: restart.measure,
}


def main(
    names: Annotated[
        list[Name] | None, typer.Argument(help="Which benchmarks; without any, all of them.")
    ] = None,
    rounds: Annotated[
        int, typer.Option(min=1, help="Rounds of the slow comparisons; the quick take more.")
    ] = 3,
    largest: Annotated[
        bool, typer.Option("--largest", help="Also the sizes that take many minutes.")
    ] = False,
) -> None:
    """Measure NovAlgo beside what it could cost at the least, and beside what it replaces.

    Servers and client are processes of their own, on loopback and on free ports, with temporary
    data; nothing outside is touched.  All of them together write docs/benchmarks.md, some of them
    var/bench/benchmarks.md; the figures of every run are kept in var/bench, for `bench.compare`.
    The exit code is 1 when something could not be measured; an aim that is missed is said, and
    fails nothing.
    """
    console = Console(width=120)
    began = datetime.now(UTC)
    with rabbitmq() as amqp_url:
        given = Given(rounds, amqp_url, largest)
        machine = description(began, amqp_url)
        for name, value in machine.items():
            console.print(f"{name}: {value}")
        measured = _measure(list(names or Name), console, given)
    run = Run(machine=machine, began=f"{began:%Y%m%dT%H%MZ}", whole=not names, measured=measured)
    folder = DOCS if run.whole else RESULTS
    write_page(folder / "benchmarks.md", folder / "images" / "bench", run)
    console.print(
        f"{run.seconds:.0f} s.  Written to {folder}/benchmarks.md and {save(RESULTS, run)}"
    )
    raise typer.Exit(1 if any(each.trouble for each in measured) else 0)


def _measure(names: Sequence[Name], console: Console, given: Given) -> list[Measured]:
    measured: list[Measured] = []
    for number, name in enumerate(names, start=1):
        so_far = sum(each.seconds for each in measured)
        place = f"{number} of {len(names)}, {so_far:.0f} s so far: {name}"
        console.print(f"\n[bold blue]{place}[/]")
        measured.append(_one(name, console, given))
    return measured


def _one(name: Name, console: Console, given: Given) -> Measured:
    """Carry out one benchmark; whatever goes wrong in it costs no other its figures."""
    found: Sequence[Found] = ()
    trouble, began = "", time.monotonic()
    try:
        found = _run(name, console, given)
    except Exception as error:
        trouble = f"{type(error).__name__}: {error}"
        console.print(f"[red]{name} was not measured:[/] {escape(trouble)}")
    for each in found:
        show(console, each)
    seconds = time.monotonic() - began
    return Measured(name=name, seconds=seconds, found=found, trouble=trouble)


def _run(name: Name, console: Console, given: Given) -> Sequence[Found]:
    if given.amqp_url is not None:
        # What one benchmark leaves lying there would be traded in the next.
        delete_our_queues(given.amqp_url)
    with (
        client() as sender,
        tempfile.TemporaryDirectory(prefix="novalgo-bench-") as folder,
        console.status(f"{name}: starting") as status,
    ):
        stage = Stage(Path(folder), sender, given, status.update)
        return BENCHMARKS[name](stage)


if __name__ == "__main__":
    # What a benchmark has started ends with it, also when it is asked to stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    typer.run(main)
