"""What rounds of measurements say.  Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Round:
    """One round's latencies, in seconds."""

    p50: float
    p99: float
    worst: float

    @staticmethod
    def of(seconds: Sequence[float]) -> "Round":
        return Round(percentile(seconds, 50), percentile(seconds, 99), max(seconds))


@dataclass(frozen=True, slots=True)
class Spread:
    """One figure over the rounds: the median is quoted, the ends say how sure that is."""

    middle: float
    least: float
    most: float

    @staticmethod
    def of(values: Sequence[float]) -> "Spread":
        return Spread(median(values), min(values), max(values))


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the smallest value that at least `percent` of all do not exceed."""
    if not values:
        raise ValueError("there is no percentile of nothing")
    rank = -(-len(values) * percent // 100)
    return sorted(values)[max(rank, 1) - 1]
