"""Shows comparisons: as tables on the terminal, and as a page with plots."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.figures import Comparison, Series, Spread
from bench.plots import plot


def show(console: Console, comparison: Comparison) -> None:
    table = Table(title=comparison.title, caption=comparison.about, title_justify="left")
    table.add_column("median (least to most)")
    for figure in comparison.floor.figures:
        table.add_column(figure, justify="right")
    for series in comparison.series:
        table.add_row(series.name, *_cells(comparison, series))
    console.print(table)
    for line in aims(comparison):
        console.print(f"  {line}")
    console.print()


def aims(comparison: Comparison) -> list[str]:
    """Return a line for each aim: what it asks, what was measured."""
    lines = []
    for aim in comparison.aims:
        ratio = comparison.ratio(aim)
        lines.append(f"{'met' if aim.is_met_by(ratio) else 'MISSED'}: {aim}; it is {ratio:.2f}")
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
    figures = comparison.floor.figures
    return [
        f"## {comparison.title}",
        "",
        comparison.about,
        "",
        f"| | {' | '.join(figures)} |",
        f"|---|{'---:|' * len(figures)}",
        *(
            f"| {series.name} | {' | '.join(_cells(comparison, series))} |"
            for series in comparison.series
        ),
        "",
        *(f"- {line}" for line in aims(comparison)),
        "",
        f"![{comparison.title}]({image})",
    ]


def _cells(comparison: Comparison, series: Series) -> list[str]:
    return [_cell(comparison.floor, series, figure) for figure in series.figures]


def _cell(floor: Series, series: Series, figure: str) -> str:
    text = _spread(series.spread(figure))
    if series is floor or not floor.spread(figure).middle:
        return text
    return f"{text} ×{series.ratio(floor, figure):.2f}"


def _spread(spread: Spread) -> str:
    return f"{_number(spread.middle)} ({_number(spread.least)} to {_number(spread.most)})"


def _number(value: float) -> str:
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"
