"""What two runs say of the same ratios.  Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.figures import Comparison, Ratio
from bench.results import Run

WITHIN = 0.2
"""By how much of the lesser the greater of two ratios may exceed it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One ratio in both runs; None where a run does not have it."""

    name: str
    first: Ratio | None
    second: Ratio | None

    @property
    def is_settled(self) -> bool:
        """Whether no run is unsure of it."""
        return all(each is None or each.is_settled for each in (self.first, self.second))

    @property
    def agrees(self) -> bool:
        if self.first is None or self.second is None:
            return False
        lesser, greater = sorted((self.first.value, self.second.value))
        return greater <= lesser * (1 + WITHIN)

    @property
    def verdict(self) -> str:
        told = "agree" if self.agrees else "APART"
        return told if self.is_settled else f"unsure, {told}"


def pairs_of(first: Run, second: Run) -> list[Pair]:
    """Return every ratio that either of the runs has.

    Its name is that of the comparison, the system and the figure.
    """
    one, other = dict(_ratios(first)), dict(_ratios(second))
    return [Pair(name, one.get(name), other.get(name)) for name in {**one, **other}]


def summary(pairs: Sequence[Pair]) -> str:
    settled = [each for each in pairs if each.is_settled]
    unsure = [each for each in pairs if not each.is_settled]
    return (
        f"{_agreeing(settled)} of {len(settled)} settled ratios agree within {WITHIN:.0%}; "
        f"of {len(unsure)} that a run is unsure of, {_agreeing(unsure)} do."
    )


def settled_agree(pairs: Sequence[Pair]) -> bool:
    """Return whether there are settled ratios, and all of them agree."""
    settled = [each for each in pairs if each.is_settled]
    return bool(settled) and all(each.agrees for each in settled)


def _agreeing(pairs: Sequence[Pair]) -> int:
    return sum(each.agrees for each in pairs)


def _ratios(run: Run) -> Iterator[tuple[str, Ratio]]:
    for measured in run.measured:
        for found in measured.found:
            if isinstance(found, Comparison):
                yield from _ratios_in(found)


def _ratios_in(comparison: Comparison) -> Iterator[tuple[str, Ratio]]:
    floor = comparison.floor
    for series in comparison.series[1:]:
        for figure in floor.compared:
            yield f"{comparison.title}: {series.name}, {figure}", series.told(floor, figure)
