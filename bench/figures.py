"""What rounds of measurements say.  Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import mean, median, stdev

from scipy.stats import t  # type: ignore[import-untyped]

P50, P99, WORST = "p50 ms", "p99 ms", "worst ms"
ACKS = "acks a second"
COST = "processor µs an alert"
SETTLED = 0.1
"""Up to this uncertainty a ratio is one that another run will find again."""
SURE = 0.07
"""Up to this one no more rounds are taken: what few rounds say of themselves may be luck."""


@dataclass(frozen=True, slots=True)
class Spread:
    """One figure over the rounds: the median is quoted, the ends say how sure that is."""

    middle: float
    least: float
    most: float

    @staticmethod
    def of(values: Sequence[float]) -> "Spread":
        return Spread(median(values), min(values), max(values))


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio to the floor, as one run found it, and how sure it is."""

    value: float
    uncertainty: float | None
    """By how much of itself, with 95 % confidence; None where it was taken once."""

    @property
    def is_settled(self) -> bool:
        return (self.uncertainty or 0.0) <= SETTLED

    def __str__(self) -> str:
        told = f"×{self.value:.2f}"
        return told if self.uncertainty is None else f"{told} ±{self.uncertainty:.0%}"


@dataclass(frozen=True, slots=True)
class Series:
    """What one system showed: each figure, round by round."""

    name: str
    rounds: Sequence[Mapping[str, float]]

    def spread(self, figure: str) -> Spread:
        return Spread.of([each[figure] for each in self.rounds])

    def ratio(self, floor: "Series", figure: str) -> float:
        """Return how many times the floor's figure this is: the geometric mean of the middle half.

        A round measures both within moments, so what slows the machine for a while slows both; what
        slows it for a moment spoils one round, which then is among the quarters that do not count.
        """
        ratios = self._ratios(floor, figure)
        if not all(ratios):
            return mean(ratios)
        return exp(mean(_middle_half(sorted(map(log, ratios)))))

    def uncertainty(self, floor: "Series", figure: str) -> float | None:
        """Return by how much of itself the ratio is uncertain, with 95 % confidence.

        That of a trimmed mean (Tukey and McLaughlin 1963): what is trimmed counts as the nearest
        that is not, and Student's t has as many degrees of freedom as are not trimmed, less one.
        None where it was taken once, or a round found nothing.
        """
        ratios = self._ratios(floor, figure)
        if len(ratios) == 1 or not all(ratios):
            return None
        middle = _middle_half(sorted(map(log, ratios)))
        trimmed = (len(ratios) - len(middle)) // 2
        kept = [*[middle[0]] * trimmed, *middle, *[middle[-1]] * trimmed]
        error = stdev(kept) * sqrt(len(kept)) / len(middle)
        return float(t.ppf(0.975, len(middle) - 1)) * error

    def told(self, floor: "Series", figure: str) -> Ratio:
        """Return the ratio together with its uncertainty, as a page tells it."""
        return Ratio(self.ratio(floor, figure), self.uncertainty(floor, figure))

    def is_settled(self, floor: "Series", figure: str, *, within: float = SETTLED) -> bool:
        """Return whether the rounds agree so well that another run will find the same ratio."""
        return (self.uncertainty(floor, figure) or 0.0) <= within

    @property
    def compared(self) -> list[str]:
        """The figures of a floor that others are held against.

        Not the worst of a round, which is one event, nor what the floor shows nothing of.
        """
        return [
            figure
            for figure in self.figures
            if figure != WORST and all(each[figure] for each in self.rounds)
        ]

    def _ratios(self, floor: "Series", figure: str) -> list[float]:
        pairs = zip(self.rounds, floor.rounds, strict=True)
        return [ours[figure] / its[figure] for ours, its in pairs]

    @property
    def figures(self) -> Sequence[str]:
        return list(self.rounds[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What a system should keep to: a multiple of the floor's figure, or a bound of its own."""

    series: str
    figure: str
    at_most: float | None = None
    at_least: float | None = None
    of_floor: bool = True
    """Whether the bound is a multiple of the floor's figure; else it has the figure's own unit."""
    reason: str = ""
    """Why it is missed, where it is known to be: told beside a figure that misses it."""

    def is_met_by(self, value: float) -> bool:
        if self.at_most is not None and value > self.at_most:
            return False
        return self.at_least is None or value >= self.at_least

    def __str__(self) -> str:
        bound = (
            f"at most {self.at_most:g}"
            if self.at_most is not None
            else f"at least {self.at_least:g}"
        )
        unit = " times the floor's" if self.of_floor else ""
        return f"{self.series}, {self.figure}: {bound}{unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Systems measured in turns, round by round, in one run.  The first one is the floor."""

    title: str
    about: str
    series: Sequence[Series]
    aims: Sequence[Aim] = ()

    @property
    def floor(self) -> Series:
        return self.series[0]

    def value(self, aim: Aim) -> float:
        """Return what the aim's bound is about: the ratio to the floor, or the median itself."""
        [measured] = [each for each in self.series if each.name == aim.series]
        if aim.of_floor:
            return measured.ratio(self.floor, aim.figure)
        return measured.spread(aim.figure).middle


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How figures grow with a size: for each system the size and the median there."""

    title: str
    along: str
    """What the size counts."""
    figure: str
    lines: Mapping[str, Sequence[tuple[float, float]]]


Found = Comparison | Growth


def _middle_half(ordered: Sequence[float]) -> Sequence[float]:
    """Return what is left without the lowest and the highest quarter."""
    quarter = len(ordered) // 4
    return ordered[quarter : len(ordered) - quarter]


def medians(figures: Sequence[Mapping[str, float]]) -> Mapping[str, float]:
    """Return the median of each figure over several measurements of the same figures."""
    return {name: median(each[name] for each in figures) for name in figures[0]}


def latencies(seconds: Sequence[float]) -> dict[str, float]:
    """Return one round's figures, in milliseconds."""
    return {
        P50: percentile(seconds, 50) * 1000,
        P99: percentile(seconds, 99) * 1000,
        WORST: max(seconds) * 1000,
    }


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the smallest value that at least `percent` of a hundred do not exceed."""
    if not values:
        raise ValueError("there is no percentile of nothing")
    rank = -(-len(values) * percent // 100)
    return sorted(values)[max(rank, 1) - 1]
