"""The days that a report is about.  Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from novalgo_common.exchange_days import midnight


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days of New York, both included."""

    name: str
    """As a heading: `Thursday, Nov 26 2026`, `Week to Nov 27 2026`."""
    first: date
    last: date
    ratios_from: date | None
    """Where the returns begin that ratios are made of; None takes all of them."""

    @property
    def begins(self) -> datetime:
        return midnight(self.first)

    @property
    def ends(self) -> datetime:
        """The first moment that is no part of it."""
        return midnight(self.last + timedelta(days=1))

    def has(self, day: date) -> bool:
        return self.first <= day <= self.last


def of_day(day: date) -> Period:
    name = f"{day:%A}, {_written(day)}"
    return Period(name=name, first=day, last=day, ratios_from=None)


def of_week(last: date) -> Period:
    """Return the week from Monday to `last`."""
    first = last - timedelta(days=last.weekday())
    return Period(name=f"Week to {_written(last)}", first=first, last=last, ratios_from=None)


def of_days(count: int, last: date) -> Period:
    """Return the `count` days up to `last`; the ratios are of these days too."""
    first = last - timedelta(days=count - 1)
    name = f"{_written(first)} to {_written(last)}"
    return Period(name=name, first=first, last=last, ratios_from=first)


def _written(day: date) -> str:
    return f"{day:%b} {day.day} {day.year}"
