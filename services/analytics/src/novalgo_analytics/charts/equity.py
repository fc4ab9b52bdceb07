"""The account's equity by day, and below it how far it is from its highest point."""

from collections.abc import Sequence
from typing import Any

from novalgo_analytics.charts.style import (
    BLUE,
    DOWN,
    INK,
    SOFT,
    dates,
    dollars,
    figure,
    percent,
    percents,
    png,
    styled,
)
from novalgo_analytics.facts import AccountDay
from novalgo_analytics.measures.drawdown import Drawdown, underwater
from novalgo_analytics.measures.returns import DailyReturn


def equity_chart(
    days: Sequence[AccountDay], returns: Sequence[DailyReturn], fall: Drawdown | None
) -> bytes | None:
    """Return the chart, or None of fewer than two days."""
    by_day = {each.day: float(each.equity) for each in days}
    stated: Any = [each.day for each in returns if each.day in by_day]
    if len(stated) < 2:
        return None
    values = [by_day[day] for day in stated]
    with styled():
        drawn = figure(height=4.6)
        top, bottom = drawn.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        top.set_title("Equity and drawdown")
        top.plot(stated, values, color=BLUE, linewidth=1.6)
        top.fill_between(stated, values, min(values), color=BLUE, alpha=0.07, linewidth=0)
        top.annotate(
            f"${values[-1]:,.0f}",
            (stated[-1], values[-1]),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            color=BLUE,
            fontweight="bold",
        )
        dollars(top.yaxis)
        top.plot(stated[-1:], values[-1:], "o", color=BLUE, markersize=4)
        top.margins(x=0.01, y=0.14)
        bottom.margins(x=0.01)
        _draw_falls(bottom, returns, fall)
        dates(bottom)
        return png(drawn)


def _draw_falls(axes: Any, returns: Sequence[DailyReturn], fall: Drawdown | None) -> None:
    stated: Any = [each.day for each in returns]
    falls = underwater(returns)
    axes.fill_between(stated, falls, 0, color=DOWN, alpha=0.16, linewidth=0)
    axes.plot(stated, falls, color=DOWN, linewidth=1)
    percents(axes.yaxis)
    axes.set_ylim(min(-0.001, *falls) * 1.35, 0)
    if fall is not None:
        axes.plot([fall.trough], [fall.depth], "o", color=DOWN, markersize=4)
        late = stated.index(fall.trough) > len(stated) * 0.7
        axes.annotate(
            f"{percent(fall.depth, 2)} on {fall.trough:%b} {fall.trough.day}",
            (fall.trough, fall.depth),
            xytext=(-8 if late else 8, -3),
            textcoords="offset points",
            ha="right" if late else "left",
            va="center",
            color=INK,
            fontsize=8,
        )
    axes.set_ylabel("below the peak", color=SOFT, fontsize=8)
