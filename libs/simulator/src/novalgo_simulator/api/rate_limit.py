"""So many requests a minute."""

from dataclasses import dataclass
from datetime import datetime

_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a minute's requests; the minute is the clock's."""

    limit: int
    minute: int
    remaining: int
    refused: bool = False

    @property
    def resets_at(self) -> int:
        """The Unix time at which the count starts anew."""
        return (self.minute + 1) * _MINUTE

    def after_request(self, at: datetime) -> "Allowance":
        minute = int(at.timestamp()) // _MINUTE
        left = self.remaining if minute == self.minute else self.limit
        return Allowance(self.limit, minute, max(left - 1, 0), refused=left == 0)
