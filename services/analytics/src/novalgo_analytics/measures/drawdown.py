"""How far the equity fell from its highest point, since when, and whether it came back.  Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from novalgo_analytics.measures.returns import DailyReturn, annual_return


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawdown:
    """The deepest fall.  `depth` is negative: -0.2 is a fifth lost."""

    depth: float
    peak: date | None
    """The last day at the highest point; None where it was the start."""
    trough: date
    recovered: date | None
    """The first day back at the peak; None while it is not."""
    days: int
    """The exchange's days from the peak to the recovery, or until now."""


def underwater(returns: Sequence[DailyReturn]) -> list[float]:
    """Return for each day how far the equity is below its highest point so far; 0 at the top."""
    grown = highest = 1.0
    found = []
    for each in returns:
        grown *= 1 + each.value
        highest = max(highest, grown)
        found.append(grown / highest - 1)
    return found


def deepest(returns: Sequence[DailyReturn]) -> Drawdown | None:
    """Return the deepest fall, the first of equals, or None where there was none."""
    falls = underwater(returns)
    trough = min(range(len(falls)), key=falls.__getitem__, default=None)
    if trough is None or falls[trough] >= 0:
        return None
    peak = next((at for at in range(trough, -1, -1) if falls[at] == 0), None)
    back = next((at for at in range(trough, len(falls)) if falls[at] == 0), None)
    start = -1 if peak is None else peak
    return Drawdown(
        depth=falls[trough],
        peak=returns[peak].day if peak is not None else None,
        trough=returns[trough].day,
        recovered=returns[back].day if back is not None else None,
        days=(len(falls) - 1 if back is None else back) - start,
    )


def calmar(returns: Sequence[DailyReturn]) -> float | None:
    """Return the annual return by the depth of the deepest fall."""
    fall, annual = deepest(returns), annual_return([each.value for each in returns])
    if fall is None or annual is None:
        return None
    return annual / -fall.depth
