"""The last line before Google's quota: no more than this many requests in any minute.

The pace keeps well below it; this holds whatever a fault makes of the pace.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["read", "write"]
GOOGLES = 60
"""What Google allows of each kind in a minute."""
MOST = 55
"""What we take of it; the rest is left to `novalgo doctor` and `sheet init`."""
_MINUTE = 60.0


@dataclass(slots=True)
class Quota:
    """Requests of the last minute, by seconds of a clock that only goes forward."""

    _taken: dict[Kind, deque[float]] = field(
        default_factory=lambda: {"read": deque(), "write": deque()}
    )

    def take(self, kind: Kind, now: float) -> float:
        """Count a request and return 0, or return the seconds until there may be another."""
        taken = self._recent(kind, now)
        if len(taken) >= MOST:
            return taken[0] + _MINUTE - now
        taken.append(now)
        return 0.0

    def taken(self, kind: Kind, now: float) -> int:
        """Return how many requests the last minute had."""
        return sum(at > now - _MINUTE for at in tuple(self._taken[kind]))

    def left(self, kind: Kind, now: float) -> int:
        """Return how many of Google's 60 a minute are left."""
        return GOOGLES - self.taken(kind, now)

    def _recent(self, kind: Kind, now: float) -> deque[float]:
        taken = self._taken[kind]
        while taken and taken[0] <= now - _MINUTE:
            taken.popleft()
        return taken
