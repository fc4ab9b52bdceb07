"""Shows comparisons: as tables on the terminal, and as a page with plots."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bench.figures import Comparison, Series
from bench.plots import plot

HEADERS = ("", "", "median", "least", "most", "to the floor")


def show(console: Console, comparison: Comparison) -> None:
    console.print(f"[bold]{comparison.title}[/]\n{comparison.about}")
    table = Table(box=SIMPLE_HEAD)
    for place, header in enumerate(HEADERS):
        table.add_column(header, justify="left" if place < 2 else "right")
    for row in rows(comparison):
        table.add_row(*row, end_section=row[0] == comparison.series[-1].name)
    console.print(table)
    for line in aims(comparison):
        console.print(f"  {line}")
    console.print()


def rows(comparison: Comparison) -> list[tuple[str, ...]]:
    """Return a row for each figure of each system, figure by figure."""
    return [
        (series.name, figure, *_cells(comparison.floor, series, figure))
        for figure in comparison.floor.figures
        for series in comparison.series
    ]


def aims(comparison: Comparison) -> list[str]:
    """Return a line for each aim: what it asks, what was measured."""
    lines = []
    for aim in comparison.aims:
        value = comparison.value(aim)
        lines.append(f"{'met' if aim.is_met_by(value) else 'MISSED'}: {aim}; it is {value:.2f}")
    return lines


def write_page(folder: Path, machine: Mapping[str, str], found: Sequence[Comparison]) -> Path:
    """Write `benchmarks.md` and a plot for each comparison in `benchmarks/`; return the page."""
    plots = folder / "benchmarks"
    plots.mkdir(parents=True, exist_ok=True)
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`.  Everything in one table was measured in turns in one run, so",
        "the ratios hold where the milliseconds do not.  A figure is the median of the rounds,",
        "with the least and the most beside it.",
        "",
        *(f"- {name}: {value}" for name, value in machine.items()),
    ]
    for number, comparison in enumerate(found, start=1):
        image = plots / f"{number:02}.png"
        plot(comparison, image)
        lines += ["", *_section(comparison, f"benchmarks/{image.name}")]
    page = folder / "benchmarks.md"
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return page


def _section(comparison: Comparison, image: str) -> list[str]:
    return [
        f"## {comparison.title}",
        "",
        comparison.about,
        "",
        f"| {' | '.join(HEADERS)} |",
        "|---|---|---:|---:|---:|---:|",
        *(f"| {' | '.join(row)} |" for row in rows(comparison)),
        "",
        *(f"- {line}" for line in aims(comparison)),
        "",
        f"![{comparison.title}]({image})",
    ]


def _cells(floor: Series, series: Series, figure: str) -> tuple[str, ...]:
    spread = series.spread(figure)
    is_compared = series is not floor and floor.spread(figure).middle
    ratio = f"×{series.ratio(floor, figure):.2f}" if is_compared else ""
    return (_number(spread.middle), _number(spread.least), _number(spread.most), ratio)


def _number(value: float) -> str:
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"
