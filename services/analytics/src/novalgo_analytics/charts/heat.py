"""What trades earned by the weekday and the hour of their entry."""

from collections.abc import Mapping
from typing import Any

from novalgo_analytics.charts.style import (
    DOWN,
    GREY,
    INK,
    PAPER,
    UP,
    dollar_tick,
    figure,
    png,
    styled,
)
from novalgo_analytics.measures.groups import WEEKDAYS
from novalgo_analytics.measures.trading import TradeNumbers


def heat_chart(heat: Mapping[tuple[int, int], TradeNumbers]) -> bytes | None:
    """Return the map by (weekday, hour), or None of trades of fewer than two weekdays."""
    if len({day for day, _ in heat}) < 2:
        return None
    hours = list(range(min(hour for _, hour in heat), max(hour for _, hour in heat) + 1))
    weekdays = list(range(max(5, max(day for day, _ in heat) + 1)))
    most = max((abs(float(each.realised)) for each in heat.values()), default=0.0) or 1.0
    with styled():
        from matplotlib.colors import LinearSegmentedColormap  # noqa: PLC0415

        drawn = figure(height=1.5 + 0.44 * len(weekdays))
        axes = drawn.subplots()
        axes.set_title("Realised by weekday and Pacific hour of the entry")
        axes.imshow(
            [[_value(heat, day, hour) for hour in hours] for day in weekdays],
            cmap=LinearSegmentedColormap.from_list("tone", [DOWN, PAPER, UP]),
            vmin=-most,
            vmax=most,
            aspect="auto",
        )
        for row, day in enumerate(weekdays):
            for column, hour in enumerate(hours):
                _write(axes, heat.get((day, hour)), (column, row), most)
        axes.set_xticks(range(len(hours)), [f"{hour:02}:00" for hour in hours])
        axes.set_yticks(range(len(weekdays)), [WEEKDAYS[day][:3] for day in weekdays])
        axes.set_xticks([each - 0.5 for each in range(len(hours) + 1)], minor=True)
        axes.set_yticks([each - 0.5 for each in range(len(weekdays) + 1)], minor=True)
        axes.grid(visible=False)
        axes.grid(visible=True, which="minor", axis="both", color=PAPER, linewidth=2.5)
        axes.tick_params(which="both", length=0)
        axes.spines["bottom"].set_visible(False)
        return png(drawn)


def _value(heat: Mapping[tuple[int, int], TradeNumbers], day: int, hour: int) -> float:
    found = heat.get((day, hour))
    return float(found.realised) if found else 0.0


def _write(axes: Any, numbers: TradeNumbers | None, place: tuple[int, int], most: float) -> None:
    if numbers is None:
        axes.text(*place, "·", ha="center", va="center", color=GREY)
        return
    is_dark = abs(float(numbers.realised)) > 0.6 * most
    axes.text(
        place[0],
        place[1] - 0.12,
        dollar_tick(float(numbers.realised)),
        ha="center",
        va="center",
        fontsize=8.5,
        color=PAPER if is_dark else INK,
    )
    axes.text(
        place[0],
        place[1] + 0.22,
        f"{numbers.trades} trade{'s' if numbers.trades != 1 else ''}",
        ha="center",
        va="center",
        fontsize=6.5,
        color=PAPER if is_dark else INK,
        alpha=0.75,
    )
