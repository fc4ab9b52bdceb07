"""Fees, dividends, deposits and withdrawals: told once each, as Alpaca books them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from novalgo_common.events import AccountSnapshotTaken, CashKind, CashMoved, TradingHalted
from novalgo_common.store import Database
from novalgo_executor.broker import CashActivity
from novalgo_executor.cashier import Cashier
from novalgo_executor.store import Store
from tests.builders import NOON
from tests.running_executor import running_executor
from tests.simulated_alpaca import control, serving_alpaca, simulator_settings, truth
from tests.stores import stored_in
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


async def test_a_withdrawal_breaks_no_limit_and_a_loss_after_it_does(
    tmp_path: Path, alpaca: str
) -> None:
    async with running_executor(
        tmp_path, alpaca, limit_day_loss=1000, limit_drawdown=1
    ) as executor:
        await until(lambda: bool(executor.of(AccountSnapshotTaken)))
        book(alpaca, "CSW", "-5000")
        await until(lambda: executor.of(AccountSnapshotTaken)[-1].cash == 95_000)
        seen = len(executor.of(AccountSnapshotTaken))
        await until(lambda: len(executor.of(AccountSnapshotTaken)) > seen + 1)
        assert executor.of(TradingHalted) == []
        assert executor.of(AccountSnapshotTaken)[-1].earned == 0

        book(alpaca, "FEE", "-1200")
        await until(lambda: bool(executor.of(TradingHalted)))

    [halt] = executor.of(TradingHalted)
    assert halt.reason.startswith("day_loss: 1200.00 dollars")


@dataclass
class FakeBook:
    activities: list[CashActivity] = field(default_factory=list)

    async def cash(self, after: datetime) -> Sequence[CashActivity]:
        return self.activities


async def test_what_is_cancelled_after_it_was_told_is_taken_back_once(tmp_path: Path) -> None:
    withdrawal = CashActivity(
        activity_id="made-up",
        activity="CSW",
        kind=CashKind.TRANSFER,
        amount=Decimal(-5000),
        symbol=None,
        booked_at=NOON,
    )
    never_told = replace(withdrawal, activity_id="never told", is_cancelled=True)
    book = FakeBook([withdrawal, never_told])
    async with Database.open(stored_in(tmp_path), "executor") as database:
        store = Store(database, lambda: NOON)
        cashier = Cashier(store=store, book=book, clock=lambda: NOON)
        await cashier.look()
        withdrawn = await store.moved_since_close()

        book.activities[0] = replace(withdrawal, is_cancelled=True)
        await cashier.look()
        await cashier.look()

        told = [waiting.event for waiting in await store.outbox.waiting(10)]
        assert [each.amount for each in told if isinstance(each, CashMoved)] == [-5000, 5000]
        assert withdrawn == -5000
        assert await store.moved_since_close() == 0
