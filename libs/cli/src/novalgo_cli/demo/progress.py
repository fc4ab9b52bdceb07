"""How the day goes on: a bar on a terminal, plain lines elsewhere."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bar

from novalgo_cli.demo.alert import Answer
from novalgo_cli.demo.plan import CLOSE, OPEN


class Progress(Protocol):
    def tell(self, minute: int, what: str) -> None:
        """Say what happens now."""

    def reached(self, minute: int, answers: Counter[Answer]) -> None:
        """The day has come so far."""


@contextmanager
def showing(console: Console) -> Iterator[Progress]:
    """Show the progress in the way that fits the console."""
    if not console.is_terminal:
        yield _Lines(console)
        return
    columns = ("{task.fields[time]}", "{task.description}")
    with Bar(
        TextColumn(columns[0], style="bold"),
        BarColumn(20),
        TextColumn(columns[1]),
        console=console,
        redirect_stderr=False,  # the services' log has a file of its own
    ) as bar:
        yield _Moving(bar)


def time_of_day(minute: int) -> str:
    hour, rest = divmod(9 * 60 + 30 + minute, 60)
    return f"{hour:02}:{rest:02}"


def counted(answers: Counter[Answer]) -> str:
    """Return the answers by kind, such as `12 accepted, 3 duplicate`."""
    return ", ".join(f"{answers[kind]} {kind}" for kind in Answer if answers[kind])


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._hour = 0

    def tell(self, minute: int, what: str) -> None:
        self._console.print(f"  {time_of_day(minute)}  {what}", highlight=False)

    def reached(self, minute: int, answers: Counter[Answer]) -> None:
        if minute // 60 > self._hour:
            self._hour = minute // 60
            self.tell(minute, counted(answers))


class _Moving:
    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=CLOSE - OPEN, time=time_of_day(OPEN))

    def tell(self, minute: int, what: str) -> None:
        self._bar.console.print(f"  {time_of_day(minute)}  {what}", highlight=False)

    def reached(self, minute: int, answers: Counter[Answer]) -> None:
        self._bar.update(
            self._task,
            completed=minute,
            description=counted(answers),
            time=time_of_day(minute),
        )
