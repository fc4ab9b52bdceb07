"""A notice, and the message that it goes out in.  Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

RANKS = ("info", "warning", "critical")


class Level(StrEnum):
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    def is_at_least(self, other: "Level") -> bool:
        return RANKS.index(self) >= RANKS.index(other)


class Kind(StrEnum):
    """What a notice is about; each has its line in the rules' file."""

    FILL = "fill"
    FAILURE = "failure"  #: a signal failed, or expired
    DECLINED = "declined"
    HALT = "halt"
    DEAD_LETTER = "dead_letter"
    SILENCE = "silence"  #: a chart has stopped sending
    CONFIG = "config"  #: the Config tab changed
    DRIFT = "drift"  #: the broker's positions are not what the books add up to
    ALARM = "alarm"  #: anything else that a service raised an alarm for
    RULE = "rule"  #: a threshold of the rules was crossed
    REPORT = "report"
    CHANNEL = "channel"  #: a channel of notifications is dead, or back


class Outcome(StrEnum):
    """What came of handing a message to a channel."""

    ARRIVED = "arrived"
    FAILED = "failed"  #: it is tried again
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    notice_id: str
    """Derived from its event, so that a notice is made once."""
    kind: Kind
    level: Level
    key: str
    """Notices of one key are the same trouble: a cool-down holds for them together."""
    title: str
    text: str
    at: datetime
    folder: str | None = None
    """Where a report lies."""
    except_channel: str | None = None
    """The channel that it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one channel is handed: a notice, or a digest of several."""

    kind: Kind
    level: Level
    title: str
    text: str
    folder: str | None = None
    except_channel: str | None = None
