"""Draws a comparison: each figure's median as a bar, with the least and the most as its whisker."""

from pathlib import Path

from matplotlib.figure import Figure

from bench.figures import Comparison

_COLOURS = ("#9aa5b1", "#2563eb", "#d97706")


def plot(comparison: Comparison, path: Path) -> None:
    """Write a PNG; each figure has its own axis, since their sizes differ too much for one."""
    figures = comparison.floor.figures
    drawing = Figure(figsize=(2.6 * len(figures) + 0.4, 3.4), layout="constrained")
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
    drawing.savefig(path, dpi=110)
