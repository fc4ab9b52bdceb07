"""What signals came to: filled, or not and why.  Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from novalgo_analytics.execution.way import Way
from novalgo_common.events import Ending


@dataclass(frozen=True, slots=True)
class EndingCount:
    """How many signals ended so; `ending` is None of those that have not."""

    ending: Ending | None
    reason: str | None
    signals: int


def endings(ways: Iterable[Way]) -> tuple[EndingCount, ...]:
    """Return the counts by ending and reason, the most frequent first."""
    counted = Counter((way.ending, way.reason) for way in ways)
    ordered = sorted(counted.items(), key=lambda item: (-item[1], str(item[0])))
    return tuple(EndingCount(ending, reason, count) for (ending, reason), count in ordered)
