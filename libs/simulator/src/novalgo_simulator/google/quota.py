"""Google's quota: so many reads and so many writes a user and minute, each counted by itself.

https://developers.google.com/sheets/api/limits
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from novalgo_simulator.google.errors import GoogleError

Kind = Literal["Read", "Write"]
_WINDOW = timedelta(minutes=1)


@dataclass
class Quota:
    reads_per_minute: int = 60
    writes_per_minute: int = 60
    _taken: dict[Kind, deque[datetime]] = field(
        default_factory=lambda: {"Read": deque(), "Write": deque()}
    )

    def take(self, kind: Kind, now: datetime) -> None:
        """Count one request; raise the 429 where the last minute has had its number."""
        taken = self._taken[kind]
        while taken and taken[0] <= now - _WINDOW:
            taken.popleft()
        if len(taken) >= (self.reads_per_minute if kind == "Read" else self.writes_per_minute):
            raise GoogleError(
                429,
                f"Quota exceeded for quota metric '{kind} requests' and limit '{kind} requests per "
                "minute per user' of service 'sheets.googleapis.com' for consumer 'simulated'.",
            )
        taken.append(now)

    def taken(self, kind: Kind) -> int:
        """Return how many requests of a kind the last minute had, when it was last counted."""
        return len(self._taken[kind])
