"""The account beside the benchmark, both from nothing on the first day."""

from collections.abc import Sequence
from typing import Any, cast

from novalgo_analytics.charts.style import (
    BLUE,
    GREY,
    LINE,
    MINUS,
    dates,
    figure,
    percents,
    png,
    styled,
)
from novalgo_analytics.measures.returns import DailyReturn


def comparison_chart(
    name: str, own: Sequence[DailyReturn], benchmark: Sequence[DailyReturn]
) -> bytes | None:
    """Return the chart, or None where the two share fewer than two days."""
    theirs = {each.day for each in benchmark}
    ours = [each for each in own if each.day in theirs]
    if len(ours) < 2:
        return None
    with styled():
        drawn = figure()
        axes = drawn.subplots()
        axes.set_title(f"Account and {name}")
        for label, returns, colour, width in (
            (name, benchmark, GREY, 1.3),
            ("Account", ours, BLUE, 1.8),
        ):
            grown, days = _grown(returns), cast(Any, [each.day for each in returns])
            axes.plot(
                days,
                grown,
                color=colour,
                linewidth=width,
                label=f"{label}  {grown[-1] * 100:+.1f}%".replace("-", MINUS),
            )
        axes.axhline(0, color=LINE, linewidth=1)
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, reverse=True)
        percents(axes.yaxis)
        dates(axes)
        axes.margins(x=0.01, y=0.12)
        return png(drawn)


def _grown(returns: Sequence[DailyReturn]) -> list[float]:
    grown, found = 1.0, []
    for each in returns:
        grown *= 1 + each.value
        found.append(grown - 1)
    return found
