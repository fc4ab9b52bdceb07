"""How often trades earned how much."""

from collections.abc import Sequence
from statistics import fmean
from typing import Any, cast

from novalgo_analytics.charts.style import (
    DOWN,
    INK,
    PAPER,
    SOFT,
    UP,
    dollar_tick,
    dollars,
    figure,
    png,
    styled,
)

LEAST = 5
MOST_BINS = 40


def distribution_chart(results: Sequence[float]) -> bytes | None:
    """Return the histogram of what the trades earned, dollars, or None of too few of them."""
    if len(results) < LEAST or min(results) == max(results):
        return None
    bins = max(8, min(MOST_BINS, round(2 * len(results) ** 0.5)))
    low, high = _bulk(results)
    width = (high - low) / bins
    start = (low // width) * width
    edges = [start + number * width for number in range(bins + 2)]
    cut = [min(max(result, edges[0]), edges[-1]) for result in results]
    mean = fmean(results)
    with styled():
        from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

        drawn = figure()
        axes = drawn.subplots()
        axes.set_title("Results of trades")
        _, _, patches = axes.hist(cut, bins=edges, edgecolor=PAPER, linewidth=0.8)
        for edge, patch in zip(edges, cast(Any, patches), strict=False):
            patch.set_facecolor(UP if edge + width / 2 >= 0 else DOWN)
        axes.axvline(mean, color=INK, linewidth=1.2, linestyle=(0, (4, 3)))
        axes.annotate(
            f"mean {dollar_tick(mean)}",
            (mean, 1),
            xycoords=("data", "axes fraction"),
            xytext=(5, -3),
            textcoords="offset points",
            va="top",
            fontsize=8,
        )
        dollars(axes.xaxis)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_ylabel("trades", color=SOFT, fontsize=8)
        if min(results) < edges[0] or max(results) > edges[-1]:
            axes.set_xlabel("results further out are counted in the outermost bars", fontsize=8)
        return png(drawn)


def _bulk(results: Sequence[float]) -> tuple[float, float]:
    """Return the span of the inner 99 %, so that one windfall does not flatten all the others."""
    ordered = sorted(results)
    cut = len(ordered) // 200
    low, high = ordered[cut], ordered[-1 - cut]
    return (low, high) if high > low else (ordered[0], ordered[-1])
