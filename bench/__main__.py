"""`make bench`: how fast NovAlgo is, as ratios to a floor that is measured in the same run."""

import signal
import sys
import tempfile
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

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
    restart,
    sheet_memory,
    statuses,
    sustained,
)
from bench.broker import rabbitmq
from bench.client import BenchError, Client, client
from bench.figures import Comparison
from bench.machine import description
from bench.report import show, write_page
from bench.stage import Stage
from tests.rabbitmq import delete_our_queues

RESULTS = Path("var/bench")


class Name(StrEnum):
    BURST = "burst"
    SUSTAINED = "sustained"
    PUBLISHING = "publishing"
    REPLACED = "replaced"
    KILLED = "killed"
    ALERT_TO_ORDER = "alert-to-order"
    ALLOWANCE = "allowance"
    PAGE = "page"
    PROFIT = "profit"
    ABUSE = "abuse"
    MEMORY = "memory"
    STATUSES = "statuses"
    SHEET_MEMORY = "sheet-memory"
    IDLE = "idle"
    RESTART = "restart"


BENCHMARKS: dict[Name, Callable[[Stage], list[Comparison]]] = {
    Name.BURST: burst.measure,
    Name.SUSTAINED: sustained.measure,
    Name.PUBLISHING: publishing.measure,
    Name.REPLACED: replaced.measure,
    Name.KILLED: killed.measure,
    Name.ALERT_TO_ORDER: alert_to_order.measure,
    Name.ALLOWANCE: allowance.measure,
    Name.PAGE: page.measure,
    Name.PROFIT: profit.measure,
    Name.ABUSE: abuse.measure,
    Name.MEMORY: memory.measure,
    Name.STATUSES: statuses.measure,
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
    results: Annotated[
        Path, typer.Option(help="Where the page and its plots are written.")
    ] = RESULTS,
) -> None:
    """Measure NovAlgo beside what it could cost at the least, and beside what it replaces.

    Servers and client are processes of their own, on loopback and on free ports, with temporary
    data; nothing outside is touched.  The exit code is 1 when something could not be measured;
    an aim that is missed is said, and fails nothing.
    """
    console = Console(width=120)
    machine = description()
    for name, value in machine.items():
        console.print(f"{name}: {value}")
    console.print()
    found: list[Comparison] = []
    failed = False
    with client() as sender, rabbitmq() as amqp_url:
        for chosen in names or list(Name):
            try:
                compared = _run(chosen, console, sender, rounds, amqp_url)
            except BenchError as error:
                console.print(f"[red]{chosen} was not measured:[/] {error}\n")
                failed = True
                continue
            found += compared
            for comparison in compared:
                show(console, comparison)
    if found:
        console.print(f"Written to {write_page(results, machine, found)}")
    raise typer.Exit(1 if failed else 0)


def _run(
    name: Name, console: Console, sender: Client, rounds: int, amqp_url: str | None
) -> list[Comparison]:
    if amqp_url is not None:
        # What one benchmark leaves lying there would be traded in the next.
        delete_our_queues(amqp_url)
    with (
        tempfile.TemporaryDirectory(prefix="novalgo-bench-") as folder,
        console.status(f"{name}: starting") as status,
    ):
        stage = Stage(Path(folder), sender, rounds, amqp_url, status.update)
        return BENCHMARKS[name](stage)


if __name__ == "__main__":
    # What a benchmark has started ends with it, also when it is asked to stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    typer.run(main)
