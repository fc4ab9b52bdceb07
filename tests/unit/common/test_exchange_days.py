"""The exchange's days, held against a calendar library's."""

import warnings
from datetime import UTC, date, datetime, timedelta

import exchange_calendars

from novalgo_common.exchange_days import Session, last_session, sessions

FIRST, LAST = date(2012, 1, 3), date(2027, 10, 29)
CLOSE = datetime(2026, 11, 11, 21, tzinfo=UTC)


def test_the_days_are_those_of_the_calendar_library() -> None:
    with warnings.catch_warnings():
        # exchange_calendars 4.13 uses what pandas 3.1 means to change in its version 4.
        warnings.simplefilter("ignore", DeprecationWarning)
        calendar = exchange_calendars.get_calendar("XNYS", start=str(FIRST), end=str(LAST))
    schedule = calendar.schedule

    expected = [
        Session(opens.date(), opens.to_pydatetime(), closes.to_pydatetime())
        for opens, closes in zip(schedule["open"], schedule["close"], strict=True)
    ]

    assert sessions(FIRST, LAST) == expected


def test_the_exchange_is_closed_on_a_holiday_and_early_after_it() -> None:
    days = sessions(date(2026, 11, 25), date(2026, 11, 30))

    assert [each.day.day for each in days] == [25, 27, 30]
    assert days[1].closes == datetime(2026, 11, 27, 18, 0, tzinfo=UTC)


def test_the_last_session_is_the_newest_that_has_closed() -> None:
    assert last_session(CLOSE - timedelta(minutes=1)).day == date(2026, 11, 10)
    assert last_session(CLOSE).day == date(2026, 11, 11)
    assert last_session(datetime(2026, 11, 15, 12, tzinfo=UTC)).day == date(2026, 11, 13)
