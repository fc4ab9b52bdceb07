"""The equity line of the page, as SVG coordinates.  Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from novalgo_analytics.facts import EquityPoint

WIDTH = 720
HEIGHT = 150
MARGIN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class EquityChart:
    """`line` and `area` are point lists for an SVG of WIDTH by HEIGHT."""

    line: str
    area: str
    first: EquityPoint
    last: EquityPoint
    lowest: EquityPoint
    highest: EquityPoint


def equity_chart(points: Sequence[EquityPoint]) -> EquityChart | None:
    """Return the chart of two points or more, oldest first; of fewer there is no line."""
    if len(points) < 2 or points[0].at == points[-1].at:
        return None
    first, last = points[0], points[-1]
    lowest = min(points, key=lambda point: point.equity)
    highest = max(points, key=lambda point: point.equity)
    seconds = (last.at - first.at).total_seconds()
    span = float(highest.equity - lowest.equity)

    def place(point: EquityPoint) -> str:
        x = WIDTH * (point.at - first.at).total_seconds() / seconds
        share = float(point.equity - lowest.equity) / span if span else 0.5
        return f"{x:.1f},{HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN):.1f}"

    line = " ".join(place(point) for point in points)
    return EquityChart(
        line=line,
        area=f"0,{HEIGHT} {line} {WIDTH},{HEIGHT}",
        first=first,
        last=last,
        lowest=lowest,
        highest=highest,
    )
