"""Draws what was found: medians as bars with the least and the most, or as lines over a size."""

from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from bench.figures import Comparison, Found, Growth

_COLOURS = ("#9aa5b1", "#2563eb", "#d97706", "#059669")


def plot(found: Found, path: Path) -> None:
    """Write a PNG."""
    drawing = _lines(found) if isinstance(found, Growth) else _bars(found)
    drawing.savefig(path, dpi=110)


def _bars(comparison: Comparison) -> Figure:
    # Each figure has its own axis, since their sizes differ too much for one.
    figures = comparison.floor.figures
    drawing = Figure(figsize=(max(2.6 * len(figures) + 0.4, 5), 3.4), layout="constrained")
    axes = drawing.subplots(1, len(figures), squeeze=False)[0]
    for axis, figure in zip(axes, figures, strict=True):
        for place, series in enumerate(comparison.series):
            spread = series.spread(figure)
            whisker = [[spread.middle - spread.least], [spread.most - spread.middle]]
            label = series.name if axis is axes[0] else None
            colour = _COLOURS[place % len(_COLOURS)]
            axis.bar(place, spread.middle, yerr=whisker, capsize=4, color=colour, label=label)
        axis.set_title(figure, fontsize=9)
        axis.set_xticks([])
        axis.spines[["top", "right"]].set_visible(False)
    drawing.suptitle(comparison.title, fontsize=10)
    drawing.legend(loc="outside lower center", fontsize=8, frameon=False, ncols=3)
    return drawing


def _lines(growth: Growth) -> Figure:
    drawing = Figure(figsize=(6, 3.6), layout="constrained")
    axis = drawing.subplots()
    for (name, points), colour in zip(growth.lines.items(), _COLOURS, strict=False):
        axis.plot(*zip(*points, strict=True), "o-", color=colour, label=name, linewidth=1.5)
    sizes = sorted({size for points in growth.lines.values() for size, _ in points})
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_xticks(sizes, [f"{size:,.0f}" for size in sizes])
    axis.xaxis.set_minor_locator(NullLocator())
    axis.set_xlabel(growth.along, fontsize=9)
    axis.set_ylabel(growth.figure, fontsize=9)
    axis.grid(visible=True, color="#e5e7eb")
    axis.spines[["top", "right"]].set_visible(False)
    axis.set_title(growth.title, fontsize=10)
    axis.legend(fontsize=8, frameon=False)
    return drawing
