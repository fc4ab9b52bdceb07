"""What is known of another service.  Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Condition(StrEnum):
    """What a service said of itself."""

    READY = "ready"
    NOT_READY = "not ready"  #: it runs, and says what is wrong
    DOWN = "down"  #: it does not answer
    UNKNOWN = "unknown"  #: it has not been asked yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    name: str
    condition: Condition
    problems: Mapping[str, str] = field(default_factory=dict)
    """What is wrong, by the name of the check."""
    checked_at: datetime | None = None
    since: datetime | None = None
    """Since when the condition is what it is, as far as this process knows."""

    mailbox: str | None = None
    """What is wrong with ingest's mailbox for alerts, or nothing; None where it reads none."""

    def is_like(self, other: "Neighbour") -> bool:
        return self._word == other._word

    @property
    def _word(self) -> tuple[object, ...]:
        return self.condition, self.problems, self.mailbox
