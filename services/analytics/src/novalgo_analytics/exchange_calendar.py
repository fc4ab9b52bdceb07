"""Prints the New York Stock Exchange's days, a line each, by exchange_calendars.

It runs in a process of its own, the only one that imports the library: with pandas it takes 77 MB,
which the service would keep for as long as it runs.
"""

import sys
import warnings
from typing import Any

import exchange_calendars


def print_days(first: int, last: int) -> None:
    """Print day, open and close of each day from the year before `first` to the one after `last`.

    The library knows only the year to come unless it is told.
    """
    with warnings.catch_warnings():
        # exchange_calendars 4.13 uses what pandas 3.1 means to change in its version 4.
        warnings.simplefilter("ignore", DeprecationWarning)
        calendar: Any = exchange_calendars.get_calendar(
            "XNYS", start=f"{first - 1}-12-01", end=f"{last + 1}-01-31"
        )
    schedule = calendar.schedule
    for day, opens, closes in zip(schedule.index, schedule["open"], schedule["close"], strict=True):
        sys.stdout.write(f"{day.date()} {opens.isoformat()} {closes.isoformat()}\n")


if __name__ == "__main__":
    print_days(int(sys.argv[1]), int(sys.argv[2]))
