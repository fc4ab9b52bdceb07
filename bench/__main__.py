"""`make bench`: how fast NovAlgo is, as ratios to a floor that is measured in the same run."""

import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
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
from bench.results import DOCS, RESULTS, Measured, Run, save
from bench.stage import Given, Stage
from tests.rabbitmq import delete_our_queues


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
    Name.RESTART: restart.measure,
}
COUNTED = (Name.KILLED, Name.MEMORY, Name.SHEET_MEMORY)
"""What is counted and not timed: it runs while the allowance waits for minutes to pass."""


def main(
    names: Annotated[
        list[Name] | None, typer.Argument(help="Which benchmarks; without any, all of them.")
    ] = None,
    patience: Annotated[
        float,
        typer.Option(min=0, help="How many times as long as usual unsure ratios may take."),
    ] = 1.0,
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
    began, started = datetime.now(UTC), time.monotonic()
    with rabbitmq() as amqp_url:
        given = Given(patience, amqp_url, largest)
        machine = description(began, amqp_url)
        for name, value in machine.items():
            console.print(f"{name}: {value}")
        measured = _measure(list(names or Name), console, given)
    run = Run(
        machine=machine,
        began=f"{began:%Y%m%dT%H%M%SZ}",
        seconds=time.monotonic() - started,
        whole=not names,
        measured=measured,
    )
    folder = DOCS if run.whole else RESULTS
    write_page(folder / "benchmarks.md", folder / "images" / "bench", run)
    console.print(
        f"{run.seconds:.0f} s.  Written to {folder}/benchmarks.md and {save(RESULTS, run)}"
    )
    raise typer.Exit(1 if any(each.trouble for each in measured) else 0)


def _measure(names: Sequence[Name], console: Console, given: Given) -> list[Measured]:
    beside = [name for name in names if name in COUNTED and Name.ALLOWANCE in names]
    others = [name for name in names if name not in beside]
    measured: list[Measured] = []
    began = time.monotonic()
    for number, name in enumerate(others, start=1):
        together = [name, *beside] if name is Name.ALLOWANCE else [name]
        place = f"{number} of {len(others)}, {time.monotonic() - began:.0f} s so far"
        console.print(f"\n[bold blue]{place}: {' and '.join(together)}[/]")
        with console.status(f"{name}: starting") as status:
            found = _side_by_side(together, given, status.update)
        for each in found:
            _show(each, console)
        measured += found
    return measured


def _side_by_side(
    names: Sequence[Name], given: Given, tell: Callable[[str], None]
) -> list[Measured]:
    first, *beside = names
    with ThreadPoolExecutor(1) as thread:
        later = thread.submit(lambda: [_one(name, given, tell) for name in beside])
        return [_one(first, given, tell), *later.result()]


def _one(name: Name, given: Given, tell: Callable[[str], None]) -> Measured:
    """Carry out one benchmark; whatever goes wrong in it costs no other its figures."""
    found: Sequence[Found] = ()
    trouble, began = "", time.monotonic()
    try:
        found = _run(name, given, tell)
    except Exception as error:
        trouble = f"{type(error).__name__}: {error}"
    return Measured(name=name, seconds=time.monotonic() - began, found=found, trouble=trouble)


def _show(measured: Measured, console: Console) -> None:
    if measured.trouble:
        console.print(f"[red]{measured.name} was not measured:[/] {escape(measured.trouble)}")
    for each in measured.found:
        show(console, each)


def _run(name: Name, given: Given, tell: Callable[[str], None]) -> Sequence[Found]:
    if given.amqp_url is not None:
        # What one benchmark leaves lying there would be traded in the next.
        delete_our_queues(given.amqp_url)
    with (
        client() as sender,
        tempfile.TemporaryDirectory(prefix="novalgo-bench-") as folder,
    ):
        return BENCHMARKS[name](Stage(Path(folder), sender, given, tell))


if __name__ == "__main__":
    # What a benchmark has started ends with it, also when it is asked to stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    typer.run(main)
