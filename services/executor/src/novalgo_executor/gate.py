"""Alpaca's allowance of requests, shared out: exits first, entries last.

Alpaca allows so many requests a minute for each key, and says with every answer how many are left
and when the count begins anew.  Pure but for the counts: the time is passed in.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

RESERVE = 20
"""The last requests of a minute are not for entries."""
BEHIND_EXITS = 1.0
"""Seconds that an entry waits while an exit does."""


class Rank(Enum):
    EXIT = 1
    QUESTION = 2
    ENTRY = 3


@dataclass(slots=True)
class Gate:
    _left: int | None = None
    _begins_anew: datetime | None = None
    _closed_until: datetime | None = None
    _exits: dict[str, datetime] = field(default_factory=dict)
    """Exits that were told to wait, and until when they are counted on to come."""

    def answered(self, left: int, begins_anew: datetime) -> None:
        """Take in what an answer says of the allowance."""
        same = self._begins_anew == begins_anew and self._left is not None
        # What has left since the answer was written is in our own count alone.
        self._left = min(left, self._left or 0) if same else left
        self._begins_anew = begins_anew

    def refused(self, until: datetime) -> None:
        """Alpaca has refused a request for being one too many."""
        self._closed_until = until

    def wait(self, rank: Rank, now: datetime, *, who: str = "") -> float:
        """Return the seconds that a request must wait; 0 lets it through, and counts it."""
        if self._begins_anew is not None and now >= self._begins_anew:
            self._left = self._begins_anew = None
        seconds = self._seconds(rank, now)
        if rank is Rank.EXIT:
            self._remember(who, now, seconds)
        if not seconds and self._left is not None:
            self._left -= 1
        return seconds

    def _seconds(self, rank: Rank, now: datetime) -> float:
        if self._closed_until is not None and now < self._closed_until:
            return (self._closed_until - now).total_seconds()
        if rank is not Rank.ENTRY:
            return 0.0
        if any(until > now for until in self._exits.values()):
            return BEHIND_EXITS
        if self._left is not None and self._begins_anew is not None and self._left <= RESERVE:
            return (self._begins_anew - now).total_seconds()
        return 0.0

    def _remember(self, who: str, now: datetime, seconds: float) -> None:
        if seconds:
            self._exits[who] = now + timedelta(seconds=seconds + 5 * BEHIND_EXITS)
        else:
            self._exits.pop(who, None)
