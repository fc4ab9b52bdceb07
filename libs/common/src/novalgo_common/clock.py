"""Times are aware and in UTC inside; people read them in Pacific time."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

Clock: TypeAlias = Callable[[], datetime]

PACIFIC = ZoneInfo("America/Los_Angeles")


def utc_now() -> datetime:
    return datetime.now(UTC)


def to_pacific(moment: datetime) -> datetime:
    """Return the same moment in Pacific time, to the second, for people to read."""
    return moment.astimezone(PACIFIC).replace(microsecond=0)
