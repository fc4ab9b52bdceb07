"""What signals came to: filled, or not and why.  Pure."""

from collections import Counter
from dataclasses import dataclass

from novalgo_analytics.execution.way import Way
from novalgo_common.events import Ending


@dataclass(frozen=True, slots=True)
class EndingCount:
    """How many signals ended so; `ending` is None of those that have not."""

    ending: Ending | None
    reason: str | None
    signals: int


class Endings:
    """How many signals ended how."""

    def __init__(self) -> None:
        self._counted = Counter[tuple[Ending | None, str | None]]()

    def add(self, way: Way) -> None:
        self._counted[way.ending, way.reason] += 1

    def found(self) -> tuple[EndingCount, ...]:
        """Return the counts by ending and reason, the most frequent first."""
        ordered = sorted(self._counted.items(), key=lambda item: (-item[1], str(item[0])))
        return tuple(EndingCount(ending, reason, count) for (ending, reason), count in ordered)
