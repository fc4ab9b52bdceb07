"""Reports are due after the exchange's close, whatever day and whichever hour that is."""

from datetime import UTC, date, datetime, timedelta

import pytest

from novalgo_analytics.reports.period import of_days, of_week
from novalgo_analytics.reports.schedule import due
from novalgo_common.exchange_days import sessions

AROUND = sessions(date(2026, 11, 16), date(2026, 12, 4))


@pytest.mark.parametrize(
    ("now", "names"),
    [
        pytest.param("2026-11-25T21:14", ["2026-11-24-daily", "2026-11-20-weekly"], id="too soon"),
        pytest.param("2026-11-25T21:15", ["2026-11-25-daily", "2026-11-20-weekly"], id="in time"),
        pytest.param("2026-11-26T23:00", ["2026-11-25-daily", "2026-11-20-weekly"], id="a holiday"),
        pytest.param(
            "2026-11-27T18:15", ["2026-11-27-daily", "2026-11-27-weekly"], id="half a day"
        ),
        pytest.param("2026-11-29T12:00", ["2026-11-27-daily", "2026-11-27-weekly"], id="a Sunday"),
    ],
)
def test_the_newest_day_and_week_that_are_over_are_due(now: str, names: list[str]) -> None:
    found = due(AROUND, datetime.fromisoformat(now).replace(tzinfo=UTC))

    assert [each.name for each in found] == names


def test_a_week_begins_on_monday_and_days_end_today() -> None:
    week, days = of_week(date(2026, 11, 27)), of_days(30, date(2026, 11, 27))

    assert (week.first, week.last) == (date(2026, 11, 23), date(2026, 11, 27))
    assert days.last - days.first == timedelta(days=29)
    assert days.ratios_from == days.first
