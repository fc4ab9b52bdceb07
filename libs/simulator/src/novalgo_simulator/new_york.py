"""New York's trading hours, holidays and half days."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import exchange_calendars

from novalgo_simulator.session import NEW_YORK, TradingDay


class NewYorkHours:
    """The regular session of the New York Stock Exchange, by exchange_calendars' XNYS."""

    def __init__(self) -> None:
        self._calendar: Any = exchange_calendars.get_calendar("XNYS")

    def is_open(self, at: datetime) -> bool:
        # The minute that begins at the close belongs to the closed market.
        return bool(self._calendar.is_open_on_minute(at.replace(second=0, microsecond=0)))

    def next_open(self, at: datetime) -> datetime:
        return _utc(self._calendar.next_open(at))

    def next_close(self, at: datetime) -> datetime:
        return _utc(self._calendar.next_close(at))

    def last_close(self, at: datetime) -> datetime:
        return _utc(self._calendar.previous_close(at))

    def expiry(self, at: datetime) -> datetime | None:
        return self.next_close(at)

    def days(self, first: date, last: date) -> Sequence[TradingDay]:
        schedule = self._calendar.schedule.loc[str(first) : str(last)]
        return [
            TradingDay(
                day.date(),
                _utc(row["open"]).astimezone(NEW_YORK).time(),
                _utc(row["close"]).astimezone(NEW_YORK).time(),
            )
            for day, row in schedule.iterrows()
        ]


def _utc(moment: Any) -> datetime:
    found: datetime = moment.to_pydatetime()
    return found.astimezone(UTC)
