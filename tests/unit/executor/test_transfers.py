"""What the owner moves in or out is left out of the limits."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from novalgo_common.events import CashKind
from novalgo_executor.broker import CashActivity
from novalgo_executor.transfers import Told, moved_since_close, peak_moves

FRIDAY = datetime(2026, 11, 13, 17, tzinfo=UTC)


def a_withdrawal(amount: str = "-5000") -> CashActivity:
    return CashActivity(
        activity_id="made-up",
        activity="CSW",
        kind=CashKind.TRANSFER,
        amount=Decimal(amount),
        symbol=None,
        booked_at=FRIDAY,
    )


@pytest.mark.parametrize(
    ("after", "moved"),
    [
        pytest.param(timedelta(hours=1), "-5000", id="the same day"),
        pytest.param(timedelta(hours=8), "-5000", id="after its close"),
        pytest.param(timedelta(days=1), "0", id="the day after: the close has it"),
        pytest.param(timedelta(days=3), "0", id="over a weekend: as well"),
        pytest.param(timedelta(days=-1), "-5000", id="the day before, as clocks differ"),
    ],
)
def test_what_was_moved_since_the_previous_close_is_told(after: timedelta, moved: str) -> None:
    told = [Told(FRIDAY, Decimal(-5000), is_transfer=True)]

    assert moved_since_close(told, FRIDAY + after) == Decimal(moved)


def test_fees_and_dividends_are_gains_and_losses() -> None:
    assert moved_since_close([Told(FRIDAY, Decimal(-5), is_transfer=False)], FRIDAY) == 0


def test_a_withdrawal_lowers_the_highest_equity_until_it_is_cancelled() -> None:
    withdrawal = a_withdrawal()

    assert peak_moves(withdrawal) == -5000
    assert peak_moves(replace(withdrawal, is_cancelled=True)) == 5000


def test_a_deposit_lowers_it_only_when_it_is_cancelled() -> None:
    deposit = a_withdrawal("5000")

    assert peak_moves(deposit) == 0
    assert peak_moves(replace(deposit, is_cancelled=True)) == -5000
