"""`make bench-compare`: do two runs of `make bench` say the same?"""

from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bench.pairs import Pair, pairs_of, settled_agree, summary
from bench.pairs_page import rows, write_pairs
from bench.results import DOCS, RESULTS, load


def main(
    runs: Annotated[
        list[Path] | None,
        typer.Argument(help="Two saved runs; without any, the two newest whole ones."),
    ] = None,
) -> None:
    """Hold each ratio of two runs against the other, and say whether they agree within 20 %.

    What either run says itself to be uncertain by more than 10 % is told apart: mostly
    percentiles of few answers.  Two whole runs write docs/repeated.md, others
    var/bench/repeated.md.  The exit code is 1 when a settled ratio does not agree, and 2 when
    there are no two runs.
    """
    console = Console(width=140)
    chosen = runs or sorted(RESULTS.glob("*Z.json"))[-2:]
    if len(chosen) != 2:
        console.print(
            f"[red]It takes two runs: run `make bench` twice, or name two of {RESULTS}.[/]"
        )
        raise typer.Exit(2)
    first, second = (load(path) for path in chosen)
    pairs = pairs_of(first, second)
    console.print(_table(pairs, *chosen))
    page = (DOCS if first.whole and second.whole else RESULTS) / "repeated.md"
    write_pairs(page, first, second, pairs)
    console.print(f"{summary(pairs)}  Written to {page}.")
    raise typer.Exit(0 if settled_agree(pairs) else 1)


def _table(pairs: list[Pair], first: Path, second: Path) -> Table:
    table = Table("", first.stem, second.stem, "", box=SIMPLE_HEAD)
    for row in rows(pairs):
        table.add_row(*row[:-1], row[-1].replace("APART", "[red]APART[/]"))
    return table


if __name__ == "__main__":
    typer.run(main)
