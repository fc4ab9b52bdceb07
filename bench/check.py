"""`make bench-check`: have the hot paths become slower than the repository says they are?

Two figures for each: how many byte code instructions one turn takes, which is the same on every
machine and at any load, and how long it takes in turns of a yardstick, which also sees what
happens inside the libraries.
"""

import gc
import json
import platform
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bench.hot_paths import HOT_PATHS, HotPath, yardstick

BASELINE = Path(__file__).with_name("baseline.json")
INSTRUCTIONS, TURNS = "instructions", "yardsticks"
TOLERANCES: Mapping[str, float] = {INSTRUCTIONS: 1.05, TURNS: 1.4}
ROUNDS = 60
SECONDS_A_ROUND = 0.004
ADAPTED = 64
"""Turns after which CPython 3.11 has put the fast forms of instructions where it will."""

Figures = Mapping[str, Mapping[str, float]]
"""By hot path, then by figure."""


def main(
    update: Annotated[
        bool, typer.Option("--update", help="Keep what is measured as the new baseline.")
    ] = False,
) -> None:
    """Compare the hot paths with their baseline.

    The exit code is 1 when one of them costs more than its tolerance allows, and 2 when there is no
    baseline for this version of Python.
    """
    console = Console(width=110)
    measured = measure()
    if update:
        BASELINE.write_text(json.dumps({"python": _python(), "paths": measured}, indent=2) + "\n")
        console.print(f"Written to {BASELINE.name}.")
        return
    kept = json.loads(BASELINE.read_text())
    if kept["python"] != _python():
        console.print(f"[red]The baseline is of Python {kept['python']}, this is {_python()}.[/]")
        raise typer.Exit(2)
    console.print(_table(kept["paths"], measured))
    slower = regressions(kept["paths"], measured)
    for line in slower:
        console.print(f"[red]{line}[/]")
    raise typer.Exit(1 if slower else 0)


def measure() -> Figures:
    """Return the instructions and the yardsticks of one turn of each hot path."""
    return {
        name: {INSTRUCTIONS: instructions(path), TURNS: round(_yardsticks(path), 4)}
        for name, path in HOT_PATHS.items()
    }


def regressions(kept: Figures, measured: Figures) -> list[str]:
    """Return a line for each figure that has grown beyond its tolerance."""
    return [
        f"{name}: {measured[name][figure]:g} {figure}, was {before:g} (tolerance ×{times:g})"
        for name, figures in kept.items()
        if name in measured
        for figure, before in figures.items()
        if measured[name][figure] > before * (times := TOLERANCES[figure])
    ]


def instructions(path: HotPath) -> int:
    """Count the byte code instructions of one turn, after those that make Python adapt its code."""
    for _ in range(ADAPTED):
        path()
    counted = 0

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal counted
        if event == "call":
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
        counted += event == "opcode"
        return trace

    before = sys.gettrace()
    # What others left is not collected meanwhile: its finalizers would be counted.
    gc.disable()
    sys.settrace(trace)
    try:
        path()
    finally:
        sys.settrace(before)
        gc.enable()
    return counted


def _yardsticks(path: HotPath) -> float:
    """Return the least time of a turn over the least time of the yardstick, by turns."""
    path_seconds, yardstick_seconds = [], []
    for _ in range(ROUNDS):
        yardstick_seconds.append(_seconds(yardstick))
        path_seconds.append(_seconds(path))
    return min(path_seconds) / min(yardstick_seconds)


def _seconds(path: HotPath) -> float:
    turns, began = 0, time.process_time()
    while (spent := time.process_time() - began) < SECONDS_A_ROUND:
        path()
        turns += 1
    return spent / turns


def _table(kept: Figures, measured: Figures) -> Table:
    table = Table("", "", "was", "is", "ratio", box=SIMPLE_HEAD)
    for name, figures in measured.items():
        for figure, value in figures.items():
            before = kept.get(name, {}).get(figure)
            ratio = f"×{value / before:.2f}" if before else "new"
            table.add_row(name, figure, f"{before:g}" if before else "", f"{value:g}", ratio)
    return table


def _python() -> str:
    return platform.python_version().rpartition(".")[0]


if __name__ == "__main__":
    typer.run(main)
