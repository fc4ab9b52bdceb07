"""Money that is moved in and out is no return."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from novalgo_analytics.facts import AccountDay, CashLine
from novalgo_analytics.measures.returns import daily_returns, total_return
from novalgo_analytics.measures.transfers import (
    grown,
    highest_close,
    moved_since,
    with_transfers,
)
from novalgo_common.events import CashKind
from novalgo_common.exchange_days import midnight

FIRST = date(2026, 11, 9)
DAY = timedelta(days=1)


def a_day(number: int, equity: str, opening: str = "1000") -> AccountDay:
    return AccountDay(
        day=FIRST + number * DAY,
        opening=Decimal(opening),
        equity=Decimal(equity),
        exposure=Decimal("0.5"),
    )


def a_transfer(number: int, amount: str) -> CashLine:
    return CashLine(
        at=midnight(FIRST + number * DAY) + timedelta(hours=11),
        kind=CashKind.TRANSFER,
        amount=Decimal(amount),
        symbol=None,
        activity="CSD",
    )


def gains(days: list[AccountDay]) -> list[float]:
    return [each.value for each in daily_returns(days, {each.day for each in days})]


def test_a_deposit_and_a_withdrawal_earn_nothing() -> None:
    days = [a_day(0, "1000"), a_day(1, "1500"), a_day(2, "1200")]

    moved = with_transfers(days, [a_transfer(1, "500"), a_transfer(2, "-300")])

    assert gains(days) == [0.0, 0.5, pytest.approx(-0.2)]
    assert gains(moved) == [0.0, 0.0, 0.0]
    assert grown(moved) == 0


def test_what_a_day_earned_beside_a_deposit_is_its_return() -> None:
    [day] = with_transfers([a_day(0, "2200", opening="1000")], [a_transfer(0, "1000")])

    assert gains([day]) == [pytest.approx(0.1)]


def test_the_first_deposit_of_an_empty_account_is_what_its_day_begins_with() -> None:
    [day] = with_transfers([a_day(0, "990", opening="0")], [a_transfer(0, "1000")])

    assert gains([day]) == [pytest.approx(-0.01)]


def test_all_moved_out_is_not_all_lost() -> None:
    [day] = with_transfers([a_day(0, "0", opening="1000")], [a_transfer(0, "-1010")])

    assert gains([day]) == [pytest.approx(0.01)]


def test_what_was_booked_over_a_weekend_is_in_mondays_equity() -> None:
    friday, monday = a_day(4, "1000"), a_day(7, "1600")

    days = with_transfers([friday, monday], [a_transfer(5, "400"), a_transfer(6, "200")])

    assert gains(days) == [0.0, 0.0]


def test_a_day_without_trading_hands_what_was_moved_on_to_the_next() -> None:
    friday, saturday, monday = a_day(4, "1000"), a_day(5, "1500"), a_day(7, "1500")
    days = with_transfers([friday, saturday, monday], [a_transfer(5, "500")])

    found = daily_returns(days, {friday.day, monday.day})

    assert [each.value for each in found] == [0.0, 0.0]


def test_what_was_moved_before_the_first_day_is_in_its_opening() -> None:
    days = with_transfers([a_day(1, "1000")], [a_transfer(0, "500"), a_transfer(2, "100")])

    assert [each.moved for each in days] == [0]


@given(
    st.lists(st.tuples(st.integers(-40, 60), st.integers(0, 5000), st.integers(0, 900)), min_size=1)
)
def test_whatever_is_moved_the_returns_are_those_of_the_trading(
    course: list[tuple[int, int, int]],
) -> None:
    """Each day: what it earns in thousandths, and the dollars in at its begin, out at its end."""
    days, equity = [], Decimal(1000)
    for number, (gain, moved_in, moved_out) in enumerate(course):
        start = equity + moved_in
        ended = start * (1000 + gain) / 1000
        out = min(Decimal(moved_out), ended / 2)
        day = AccountDay(
            day=FIRST + number * DAY,
            opening=equity,
            equity=ended - out,
            exposure=Decimal(0),
            moved_in=Decimal(moved_in),
            moved_out=out,
        )
        days.append(day)
        equity = day.equity

    expected = total_return([gain / 1000 for gain, _, _ in course])
    assert total_return(gains(days)) == pytest.approx(expected)


def test_the_highest_close_is_that_of_the_money_that_is_still_there() -> None:
    days = with_transfers(
        [a_day(0, "2000"), a_day(1, "1100"), a_day(2, "1050")],
        [a_transfer(1, "-1000"), a_transfer(2, "-50")],
    )

    assert highest_close(days, FIRST + 2 * DAY) == 1050
    assert highest_close([], FIRST) is None


def test_what_was_moved_since_the_last_close_is_told_over_a_weekend() -> None:
    friday = a_day(4, "1000", opening="900")
    saturday, monday = a_day(5, "1500", opening="1000"), a_day(7, "1490", opening="1000")
    days = with_transfers([friday, saturday, monday], [a_transfer(4, "7"), a_transfer(5, "500")])

    assert moved_since(days, Decimal(1000)) == 500
