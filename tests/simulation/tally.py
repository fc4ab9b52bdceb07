"""What many simulations came to, together."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.simulation.world import Outcome

SHOWN = 60
"""The last lines of a failing seed's trace that a report shows."""


@dataclass
class Tally:
    seeds: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    endings: Counter[str] = field(default_factory=Counter)
    failures: list[Outcome] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        self.seeds += 1
        self.counts.update(outcome.counts)
        self.faults.update(outcome.faults)
        self.endings.update(outcome.endings)
        if outcome.violations:
            self.failures.append(outcome)

    def merge(self, other: "Tally") -> None:
        self.seeds += other.seeds
        self.counts.update(other.counts)
        self.faults.update(other.faults)
        self.endings.update(other.endings)
        self.failures += other.failures

    def report(self) -> str:
        """Return the whole as text, with the first failing seed's trace."""
        lines = [f"{self.seeds} seeds, {len(self.failures)} with violations"]
        lines += _table("done", self.counts)
        lines += _table("faults", self.faults)
        lines += _table("endings", self.endings)
        lines += [describe(outcome) for outcome in self.failures[:1]]
        if len(self.failures) > 1:
            seeds = ", ".join(str(outcome.seed) for outcome in self.failures[1:21])
            lines.append(f"and seeds {seeds}")
        return "\n".join(lines)


def describe(outcome: Outcome) -> str:
    """Return what a failing seed did, and how to see it again."""
    broken = [f"  {each.promise}\n    {each.detail}" for each in outcome.violations[:5]]
    return "\n".join(
        [
            f"seed {outcome.seed} breaks:",
            *broken,
            *outcome.trace[-SHOWN:],
            f"again, exactly: python -m tests.simulation --seed {outcome.seed}",
        ]
    )


def tally(outcomes: Iterable[Outcome]) -> Tally:
    whole = Tally()
    for outcome in outcomes:
        whole.add(outcome)
    return whole


def _table(title: str, counter: Counter[str]) -> list[str]:
    return [f"{title}:", *(f"  {count:>9} {name}" for name, count in counter.most_common())]
