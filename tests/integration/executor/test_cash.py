"""Fees, dividends, deposits and withdrawals: told once each, as Alpaca books them."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from novalgo_common.events import CashKind, CashMoved
from tests.running_executor import running_executor
from tests.simulated_alpaca import control, serving_alpaca, simulator_settings, truth
from tests.waiting import until

pytestmark = pytest.mark.anyio


@pytest.fixture
def alpaca(tmp_path: Path) -> Iterator[str]:
    with serving_alpaca(simulator_settings(tmp_path / "alpaca")) as base:
        yield base


def book(alpaca: str, activity: str, amount: str, symbol: str | None = None) -> None:
    control(alpaca, "cash", activity_type=activity, net_amount=amount, symbol=symbol)


async def test_what_was_booked_is_told_once_over_restarts(tmp_path: Path, alpaca: str) -> None:
    book(alpaca, "CSD", "500")
    book(alpaca, "FEE", "-0.03")
    book(alpaca, "DIV", "1.02", "T")
    book(alpaca, "SPLIT", "0")

    async with running_executor(tmp_path, alpaca) as executor:
        await until(lambda: len(executor.of(CashMoved)) == 3)
    book(alpaca, "CSW", "-200")
    book(alpaca, "MA", "12.34", "AAPL")
    async with running_executor(tmp_path, alpaca) as restarted:
        await until(lambda: len(restarted.of(CashMoved)) == 2)

    # Events of different keys arrive in no order of theirs.
    told = {(each.kind, each.amount, each.symbol) for each in executor.of(CashMoved)}
    assert told == {
        (CashKind.TRANSFER, Decimal(500), None),
        (CashKind.FEE, Decimal("-0.03"), None),
        (CashKind.DIVIDEND, Decimal("1.02"), "T"),
    }
    later = {(each.kind, each.activity) for each in restarted.of(CashMoved)}
    assert later == {(CashKind.TRANSFER, "CSW"), (CashKind.OTHER, "MA")}
    account = truth(alpaca)
    assert Decimal(account["cash_activities"]) == Decimal("313.33")
    assert Decimal(account["cash"]) - Decimal(account["starting_cash"]) == Decimal("313.33")
