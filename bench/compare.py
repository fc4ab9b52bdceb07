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
    is_settled: bool = True
    """Whether neither run is unsure of it."""

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

    What either run says itself to be uncertain by more than 10 % is told apart: mostly
    percentiles of few answers.  The exit code is 1 when a settled ratio does not agree,
    and 2 when there are no two runs.
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
    settled = [each for each in pairs if each.is_settled]
    unsure = [each for each in pairs if not each.is_settled]
    agreeing = [each for each in settled if each.agrees]
    console.print(
        f"{len(agreeing)} of {len(settled)} settled ratios agree within {WITHIN:.0%}; "
        f"of {len(unsure)} that a run is unsure of, {sum(each.agrees for each in unsure)} do."
    )
    raise typer.Exit(1 if agreeing != settled or not settled else 0)


def pairs_of(first: Run, second: Run) -> list[Pair]:
    """Return every ratio that either of the runs has."""
    one, other = dict(ratios(first)), dict(ratios(second))
    nothing = (None, True)
    found = ((name, one.get(name, nothing), other.get(name, nothing)) for name in {**one, **other})
    return [Pair(name, a, b, is_settled=sure and too) for name, (a, sure), (b, too) in found]


def ratios(run: Run) -> Iterator[tuple[str, tuple[float, bool]]]:
    """Yield each ratio to its floor, and whether it is settled.

    Its name is that of the comparison, the system and the figure.
    """
    for measured in run.measured:
        for comparison in measured.found:
            if isinstance(comparison, Comparison):
                yield from _ratios(comparison)


def _ratios(comparison: Comparison) -> Iterator[tuple[str, tuple[float, bool]]]:
    floor = comparison.floor
    for series in comparison.series[1:]:
        for figure in floor.compared:
            name = f"{comparison.title}: {series.name}, {figure}"
            yield name, (series.ratio(floor, figure), series.is_settled(floor, figure))


def _table(pairs: list[Pair], first: Path, second: Path) -> Table:
    table = Table("", first.stem, second.stem, "", box=SIMPLE_HEAD)
    for pair in pairs:
        verdict = "agree" if pair.agrees else "[red]APART[/]"
        told = verdict if pair.is_settled else f"unsure, {verdict}"
        table.add_row(pair.name, _cell(pair.first), _cell(pair.second), told)
    return table


def _cell(ratio: float | None) -> str:
    return "none" if ratio is None else f"×{ratio:.2f}"


if __name__ == "__main__":
    typer.run(main)
