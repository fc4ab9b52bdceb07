"""`python -m tests.chaos`: put the running system to the test, and say what came of it."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from tests.chaos.figures import figures, table
from tests.chaos.outages import LULL, outages
from tests.chaos.run import Order, Report, run
from tests.chaos.schedule import Amounts, schedule
from tests.rabbitmq import private_node

ALERTS_A_MINUTE = 560


def main() -> int:
    asked = _asked(sys.argv[1:])
    console = Console(highlight=False)
    order = _outages(asked) if asked.outages else _drawn(asked)
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="novalgo-chaos-"))
    console.print(f"seed {order.seed}, {asked.minutes:g} minutes, logs in {folder / 'outside'}")
    report = _run(order, folder, console)
    console.print(table(report))
    for line in figures(report):
        console.print(line, soft_wrap=True)
    return 0 if report.holds else 1


def _drawn(asked: argparse.Namespace) -> Order:
    seconds = asked.minutes * 60
    return Order(
        seed=asked.seed,
        seconds=seconds,
        alerts=round(ALERTS_A_MINUTE * asked.minutes),
        planned=schedule(asked.seed, seconds, Amounts.for_minutes(asked.minutes)),
    )


def _outages(asked: argparse.Namespace) -> Order:
    planned = outages(asked.minutes * 60)
    seconds = planned[-1].at + LULL
    return Order(
        seed=asked.seed,
        seconds=seconds,
        alerts=round(ALERTS_A_MINUTE / 4 * seconds / 60),
        planned=planned,
    )


def _run(order: Order, folder: Path, console: Console) -> Report:
    bar = Progress(
        TimeElapsedColumn(), BarColumn(40), TextColumn("{task.description}"), console=console
    )
    with private_node() as node, bar:
        task = bar.add_task("starting", total=order.seconds)
        tell = _teller(bar, task, console)
        return asyncio.run(run(order, folder, node, tell))


def _teller(bar: Progress, task: int, console: Console) -> Callable[[float, str], None]:
    def tell(at: float, what: str) -> None:
        bar.update(task, completed=at, description=what)  # type: ignore[arg-type]
        if not console.is_terminal:
            console.print(f"{at:5.0f} s  {what}")

    return tell


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument(
        "--outages",
        action="store_true",
        help="no drawn troubles: RabbitMQ away for all the minutes, then disk and store",
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="an empty folder that is kept")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
