"""How long trades lasted, and how far they went both ways before they ended."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from novalgo_analytics.accounting.excursions import Excursion, bars_held, excursion
from novalgo_common.exchange_days import sessions
from tests.builders import NOON, a_bar
from tests.unit.analytics.test_trading import a_trade

MINUTE = timedelta(minutes=1)
OPEN, CLOSE = NOON - 150 * MINUTE, NOON + 240 * MINUTE
"""The session of that Wednesday: 9:30 to 16:00 in New York."""


@pytest.mark.parametrize(
    ("timeframe", "opened", "closed", "bars"),
    [
        pytest.param("15 Min", NOON, NOON + 44 * MINUTE, 2, id="whole bars within a day"),
        pytest.param("5 Min", CLOSE - 10 * MINUTE, CLOSE + 1055 * MINUTE, 3, id="over a night"),
        pytest.param("1 Day", NOON, NOON + timedelta(days=2), 2, id="days of the exchange"),
        pytest.param("1 Day", NOON, NOON + timedelta(days=5), 3, id="a weekend has none"),
        pytest.param("1 Week", NOON, NOON + timedelta(days=15), 2, id="weeks"),
        pytest.param(None, NOON, NOON + MINUTE, None, id="a trade by hand has no chart"),
    ],
)
def test_bars_are_counted_in_the_hours_of_the_exchange(
    timeframe: str | None, opened: datetime, closed: datetime, bars: int | None
) -> None:
    trade = a_trade("1", timeframe=timeframe, opened_at=opened, closed_at=closed)

    assert bars_held(trade, sessions(date(2026, 11, 9), date(2026, 11, 30))) == bars


BARS = [
    a_bar(start=NOON - 15 * MINUTE, low=Decimal(1), high=Decimal(999)),
    a_bar(start=NOON, low=Decimal(97), high=Decimal(101)),
    a_bar(start=NOON + 15 * MINUTE, low=Decimal(99), high=Decimal(106)),
    a_bar(start=NOON + 30 * MINUTE, low=Decimal(2), high=Decimal(998)),
]


def test_the_bars_that_a_trade_touched_tell_its_worst_and_its_best() -> None:
    held = {"opened_at": NOON + MINUTE, "closed_at": NOON + 29 * MINUTE}

    long, short = a_trade("1", **held), a_trade("1", is_long=False, **held)

    assert excursion(long, BARS) == Excursion(adverse=Decimal(-30), favourable=Decimal(60))
    assert excursion(short, BARS) == Excursion(adverse=Decimal(-60), favourable=Decimal(30))


def test_a_trade_that_was_never_behind_has_no_adverse_excursion() -> None:
    trade = a_trade("1", entry_price=Decimal(90), opened_at=NOON, closed_at=NOON + MINUTE)

    found = excursion(trade, BARS[1:2])

    assert found is not None
    assert found.adverse == 0


def test_without_bars_there_is_no_excursion() -> None:
    assert excursion(a_trade("1"), []) is None
    assert excursion(a_trade("1", timeframe=None), BARS) is None
