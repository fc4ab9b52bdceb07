"""When the market is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

NEW_YORK = ZoneInfo("America/New_York")


@dataclass(frozen=True, slots=True)
class TradingDay:
    """A day's session in New York's time."""

    date: date
    open: time
    close: time


class Session(Protocol):
    def is_open(self, at: datetime) -> bool: ...
    def next_open(self, at: datetime) -> datetime: ...
    def next_close(self, at: datetime) -> datetime: ...
    def last_close(self, at: datetime) -> datetime:
        """Return the latest close that is not after `at`."""
        ...

    def expiry(self, at: datetime) -> datetime | None:
        """Return when a day order of this moment ends, or None where no day ends."""
        ...

    def days(self, first: date, last: date) -> Sequence[TradingDay]: ...


class AlwaysOpen:
    """Never closes; a new trading day begins at New York's midnight."""

    def is_open(self, at: datetime) -> bool:
        return True

    def next_open(self, at: datetime) -> datetime:
        return self.last_close(at) + timedelta(days=1)

    def next_close(self, at: datetime) -> datetime:
        return self.next_open(at)

    def last_close(self, at: datetime) -> datetime:
        midnight = datetime.combine(at.astimezone(NEW_YORK).date(), time(), NEW_YORK)
        return midnight.astimezone(at.tzinfo)

    def expiry(self, at: datetime) -> datetime | None:
        return None

    def days(self, first: date, last: date) -> Sequence[TradingDay]:
        count = (last - first).days + 1
        return [
            TradingDay(first + timedelta(days=number), time(0, 0), time(23, 59))
            for number in range(count)
        ]
