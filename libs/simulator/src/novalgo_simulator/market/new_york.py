"""New York's trading hours, holidays and half days."""

import warnings
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import exchange_calendars

from novalgo_simulator.market.session import NEW_YORK, TradingDay


class NewYorkHours:
    """The regular session of the New York Stock Exchange, by exchange_calendars' XNYS.

    It knows the twenty years before the process started, and the year after.
    """

    def __init__(self) -> None:
        with warnings.catch_warnings():
            # exchange_calendars 4.13 uses what pandas 3.1 means to change in its version 4.
            warnings.simplefilter("ignore", DeprecationWarning)
            schedule: Any = exchange_calendars.get_calendar("XNYS").schedule
        self._opens = _moments(schedule["open"])
        self._closes = _moments(schedule["close"])

    def is_open(self, at: datetime) -> bool:
        """The moment of the open belongs to the session, that of the close does not."""
        return bisect_right(self._opens, at) > bisect_right(self._closes, at)

    def next_open(self, at: datetime) -> datetime:
        return self._opens[bisect_right(self._opens, at)]

    def next_close(self, at: datetime) -> datetime:
        return self._closes[bisect_right(self._closes, at)]

    def last_close(self, at: datetime) -> datetime:
        return self._closes[bisect_right(self._closes, at) - 1]

    def expiry(self, at: datetime) -> datetime | None:
        return self.next_close(at)

    def days(self, first: date, last: date) -> Sequence[TradingDay]:
        start = bisect_left(self._opens, _midnight(first))
        end = bisect_left(self._opens, _midnight(last + timedelta(days=1)))
        return [
            TradingDay(opens.astimezone(NEW_YORK).date(), _local(opens), _local(closes))
            for opens, closes in zip(self._opens[start:end], self._closes[start:end], strict=True)
        ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), NEW_YORK)


def _local(moment: datetime) -> time:
    return moment.astimezone(NEW_YORK).time()


def _moments(column: Iterable[Any]) -> list[datetime]:
    return [moment.to_pydatetime().astimezone(UTC) for moment in column]
