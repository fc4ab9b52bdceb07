"""Shows what was found: as tables on the terminal, and as a page with plots."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bench.figures import Aim, Comparison, Found, Growth, Series
from bench.plots import plot
from bench.results import Measured, Run

BESIDE = {
    "capacity.md": "what one machine carries, what clusters would, and where it breaks first",
    "endurance.md": "an hour at 20 signals a second",
    "repeated.md": "two runs, ratio by ratio",
}
"""Pages that are linked where they are."""
HEADERS = ("", "", "median", "least", "most", "to the floor")


def show(console: Console, found: Found) -> None:
    """Print a table, unless it is of figures that a table before it had."""
    if isinstance(found, Growth):
        return
    console.print(f"[bold]{found.title}[/]\n{found.about}")
    table = Table(box=SIMPLE_HEAD)
    for place, header in enumerate(HEADERS):
        table.add_column(header, justify="left" if place < 2 else "right")
    for row in rows(found):
        table.add_row(*row, end_section=row[0] == found.series[-1].name)
    console.print(table)
    for aim in found.aims:
        console.print(f"  {verdict(found, aim)}")
    console.print()


def rows(comparison: Comparison) -> list[tuple[str, ...]]:
    """Return a row for each figure of each system, figure by figure."""
    return [
        (series.name, figure, *_cells(comparison.floor, series, figure))
        for figure in comparison.floor.figures
        for series in comparison.series
    ]


def verdict(comparison: Comparison, aim: Aim) -> str:
    """Return what the aim asks, what was measured, and why it is missed."""
    value = comparison.value(aim)
    if aim.is_met_by(value):
        return f"met: {aim}; it is {value:.2f}"
    return f"MISSED: {aim}; it is {value:.2f}{f': {aim.reason}' if aim.reason else ''}"


def write_page(page: Path, images: Path, run: Run) -> None:
    """Write the page, and its plots into a folder that holds nothing else."""
    images.mkdir(parents=True, exist_ok=True)
    for old in images.glob("*.png"):
        old.unlink()
    lines = [
        "# Benchmarks",
        "",
        f"Written by `make bench` in {run.seconds / 60:.0f} minutes.  Everything in one table was",
        "measured in turns in one run, so the ratios hold where the milliseconds do not.  A figure",
        "is the median of the rounds, with the least and the most beside it.  A ratio is the",
        "geometric mean of the rounds' own ratios without the lowest and the highest quarter,",
        "with its uncertainty at 95 %; in brackets where that is more than 10 %: such a one may",
        "come out otherwise the next time.  The worst of a round is one event and has no ratio.",
        "`make bench-compare` holds all ratios against those of a second run.",
        *_beside(page),
        "",
        *(f"- {name}: {value}" for name, value in run.machine.items()),
        "",
        "## Aims",
        "",
        *_aims(run),
    ]
    for measured in run.measured:
        lines += _benchmark(measured, images, os.path.relpath(images, page.parent))
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _beside(page: Path) -> Iterator[str]:
    for name, about in BESIDE.items():
        if (page.parent / name).exists():
            yield from ("", f"- [{name}]({name}): {about}")


def _aims(run: Run) -> Iterator[str]:
    yield "| benchmark | aim | measured | | why it is missed |"
    yield "|---|---|---:|---|---|"
    for measured in run.measured:
        if measured.trouble:
            yield f"| {measured.name} | | | **not measured** | {_cell(measured.trouble)} |"
        for comparison in _comparisons(measured.found):
            for aim in comparison.aims:
                value = comparison.value(aim)
                met = aim.is_met_by(value)
                told = ("met", "") if met else ("**missed**", aim.reason)
                yield f"| {comparison.title} | {aim} | {value:.2f} | {' | '.join(told)} |"


def _comparisons(found: Sequence[Found]) -> list[Comparison]:
    return [each for each in found if isinstance(each, Comparison)]


def _benchmark(measured: Measured, images: Path, link: str) -> Iterator[str]:
    for number, found in enumerate(measured.found, start=1):
        image = f"{measured.name}-{number}.png"
        plot(found, images / image)
        yield from ("", f"## {found.title}", "")
        yield from _section(found)
        yield from ("", f"![{found.title}]({link}/{image})")


def _section(found: Found) -> Iterator[str]:
    if isinstance(found, Growth):
        yield f"{found.figure} along {found.along}."
        return
    yield from (found.about, "", f"| {' | '.join(HEADERS)} |", "|---|---|---:|---:|---:|---:|")
    yield from (f"| {' | '.join(row)} |" for row in rows(found))
    yield ""
    yield from (f"- {verdict(found, aim)}" for aim in found.aims)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").split())[:300]


def _cells(floor: Series, series: Series, figure: str) -> tuple[str, ...]:
    spread = series.spread(figure)
    ends = (_number(spread.middle), _number(spread.least), _number(spread.most))
    if series is floor or figure not in floor.compared:
        return (*ends, "")
    ratio = series.told(floor, figure)
    return (*ends, str(ratio) if ratio.is_settled else f"({ratio})")


def _number(value: float) -> str:
    if 0 < value < 1:
        return f"{value:.2f}"
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"
