"""`make bench-compare`: do two runs of `make bench` say the same?"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bench.figures import Comparison
from bench.results import RESULTS, Run, load

WITHIN = 0.2
"""By how much of the lesser the greater of two ratios may exceed it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One ratio to the floor, in both runs; None where a run does not have it."""

    name: str
    first: float | None
    second: float | None

    @property
    def agrees(self) -> bool:
        if self.first is None or self.second is None:
            return False
        lesser, greater = sorted((self.first, self.second))
        return greater <= lesser * (1 + WITHIN)


def main(
    runs: Annotated[
        list[Path] | None,
        typer.Argument(help="Two saved runs; without any, the two newest whole ones."),
    ] = None,
) -> None:
    """Print each ratio of two runs, and whether they agree within 20 %.

    Left out is the worst of a round, and a percentile that too few answers lie beyond: neither
    would be the same again.  The exit code is 1 when a ratio does not agree, and 2 when there are
    no two runs.
    """
    console = Console(width=140)
    chosen = runs or sorted(RESULTS.glob("*Z.json"))[-2:]
    if len(chosen) != 2:
        console.print(
            f"[red]It takes two runs: run `make bench` twice, or name two of {RESULTS}.[/]"
        )
        raise typer.Exit(2)
    first, second = chosen
    pairs = pairs_of(load(first), load(second))
    console.print(_table(pairs, first, second))
    apart = [each for each in pairs if not each.agrees]
    console.print(f"{len(pairs) - len(apart)} of {len(pairs)} ratios agree within {WITHIN:.0%}.")
    raise typer.Exit(1 if apart or not pairs else 0)


def pairs_of(first: Run, second: Run) -> list[Pair]:
    """Return every ratio that either of the runs has."""
    one, other = dict(ratios(first)), dict(ratios(second))
    return [Pair(name, one.get(name), other.get(name)) for name in {**one, **other}]


def ratios(run: Run) -> Iterator[tuple[str, float]]:
    """Yield each ratio to its floor, under the names of the comparison, the system, the figure."""
    for measured in run.measured:
        for comparison in measured.found:
            if isinstance(comparison, Comparison):
                yield from _ratios(comparison)


def _ratios(comparison: Comparison) -> Iterator[tuple[str, float]]:
    floor = comparison.floor
    for series in comparison.series[1:]:
        for figure in floor.figures:
            if series.is_settled(figure) and floor.is_above_nothing(figure):
                name = f"{comparison.title}: {series.name}, {figure}"
                yield name, series.ratio(floor, figure)


def _table(pairs: list[Pair], first: Path, second: Path) -> Table:
    table = Table("", first.stem, second.stem, "", box=SIMPLE_HEAD)
    for pair in pairs:
        verdict = "agree" if pair.agrees else "[red]APART[/]"
        table.add_row(pair.name, _cell(pair.first), _cell(pair.second), verdict)
    return table


def _cell(ratio: float | None) -> str:
    return "none" if ratio is None else f"×{ratio:.2f}"


if __name__ == "__main__":
    typer.run(main)
