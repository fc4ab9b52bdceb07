"""What each symbol earned, the best at the top."""

from collections.abc import Sequence

from novalgo_analytics.charts.style import (
    DOWN,
    LINE,
    SOFT,
    UP,
    dollar_tick,
    dollars,
    figure,
    png,
    styled,
)
from novalgo_analytics.measures.groups import Group

MOST = 24


def symbols_chart(groups: Sequence[Group]) -> bytes | None:
    """Return the chart of realised dollars by symbol, or None where nothing was closed."""
    if not groups:
        return None
    ordered = sorted(groups, key=lambda group: group.numbers.realised)
    shown = ordered if len(ordered) <= MOST else [*ordered[: MOST // 2], *ordered[-MOST // 2 :]]
    values = [float(group.numbers.realised) for group in shown]
    with styled():
        drawn = figure(height=1.2 + 0.24 * len(shown))
        axes = drawn.subplots()
        left_out = len(ordered) - len(shown)
        axes.set_title(
            "Realised by symbol" + (f" (the {left_out} in the middle left out)" if left_out else "")
        )
        names = [group.name for group in shown]
        bars = axes.barh(names, values, color=[UP if v >= 0 else DOWN for v in values], height=0.66)
        axes.bar_label(bars, [dollar_tick(v) for v in values], padding=4, fontsize=8, color=SOFT)
        axes.axvline(0, color=LINE, linewidth=1)
        axes.grid(visible=False)
        axes.grid(visible=True, axis="x")
        dollars(axes.xaxis)
        axes.margins(x=0.12, y=0.02)
        return png(drawn)
