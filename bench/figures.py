"""What rounds of measurements say.  Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

P50, P99, WORST = "p50 ms", "p99 ms", "worst ms"
ACKS = "acks a second"
COST = "processor µs an alert"
ANSWERS = "answers"
"""Not a figure: how many answers stand behind the percentiles of a round."""
BEYOND = 5
"""So many answers lie beyond a percentile that is more than chance."""


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
class Series:
    """What one system showed: each figure, round by round."""

    name: str
    rounds: Sequence[Mapping[str, float]]

    def spread(self, figure: str) -> Spread:
        return Spread.of([each[figure] for each in self.rounds])

    def ratio(self, floor: "Series", figure: str) -> float:
        """Return how many times the floor's figure this is, as the median of the rounds.

        A round measures both within moments, so what slows the machine for a while slows both.
        """
        pairs = zip(self.rounds, floor.rounds, strict=True)
        return median(ours[figure] / its[figure] for ours, its in pairs)

    @property
    def figures(self) -> Sequence[str]:
        return [figure for figure in self.rounds[0] if figure != ANSWERS]

    def is_above_nothing(self, figure: str) -> bool:
        """Return whether there is something to compare with."""
        return all(each[figure] for each in self.rounds)

    def is_settled(self, figure: str) -> bool:
        """Return whether enough was measured for another run to find about the same.

        The worst of a round is one single answer.  A percentile of few answers is hardly more.
        """
        if figure == WORST:
            return False
        percent = percent_of(figure)
        if percent is None:
            return True
        answers = sum(each[ANSWERS] for each in self.rounds)
        return answers * (100 - percent) >= BEYOND * 100


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


def latencies(seconds: Sequence[float]) -> dict[str, float]:
    """Return one round's figures, in milliseconds."""
    return {
        P50: percentile(seconds, 50) * 1000,
        P99: percentile(seconds, 99) * 1000,
        WORST: max(seconds) * 1000,
        ANSWERS: len(seconds),
    }


def percent_of(figure: str) -> int | None:
    """Return which percentile a figure is; None where it is none."""
    named = re.search(r"\bp(\d\d)\b", figure)
    return int(named.group(1)) if named is not None else None


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the smallest value that at least `percent` of a hundred do not exceed."""
    if not values:
        raise ValueError("there is no percentile of nothing")
    rank = -(-len(values) * percent // 100)
    return sorted(values)[max(rank, 1) - 1]
