"""The verdict sees what must never happen: one doctored account of a sound run for each."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from novalgo_analytics.figures import EXTERNAL_NAME
from tests.chaos.alerts import Chart, Sent
from tests.chaos.evidence import Evidence, Intent
from tests.chaos.verdict import verdict, verdict_of_restored

BOOK = ("AAPL", "15 Min")
ORDER = {"client_order_id": "nv-1-open", "filled_qty": "5"}
RECEIPT = {
    "signal_id": "1",
    "action": "BUY",
    "symbol": "AAPL",
    "timeframe": "15 Min",
    "ending": "filled",
    "reason": None,
}
AMOUNTS = {"cash": "900.00", "equity": "1000.00", "realised": "1.25", "unrealised": "0.50"}
LINE = {"symbol": "AAPL", "quantity": "5", "realised": "1.25", "unrealised": "0.50"}
INTENT = Intent(
    client_order_id="nv-1-open",
    signal_id="1",
    leg="open",
    part=1,
    leg_quantity=Decimal(5),
    filled_quantity=Decimal(5),
)


def a_sound_run(**changes: Any) -> Evidence:
    account = {
        **AMOUNTS,
        "orders": [ORDER],
        "orders_posted": 1,
        "fills": [{}],
        "positions": {"AAPL": "5"},
        "symbols": {"AAPL": LINE},
    }
    sound = Evidence(
        sent=[Sent(0, Chart(*BOOK), "BUY", ["1", "1"], 2)],
        receipts=[RECEIPT],
        intents=[INTENT],
        books={BOOK: Decimal(5)},
        external={},
        summary={
            **AMOUNTS,
            "account": AMOUNTS,
            "by_symbol": [LINE],
            "by_book": [{**LINE, "timeframe": "15 Min"}],
            "signals_by_ending": {"filled": 1, "none": 0},
        },
        account=account,
        config_tab=[{"symbol": "AAPL", "Time Frame": "15 Min", "Order Status": "FILLED"}],
        performance_tab=[{"symbol": "AAPL", "total_pnl": "$1.25"}],
        dead_letters=0,
    )
    return replace(sound, **changes)


def with_account(**changes: Any) -> Evidence:
    return a_sound_run(account=a_sound_run().account | changes)


def with_summary(**changes: Any) -> Evidence:
    return a_sound_run(summary=a_sound_run().summary | changes)


def broken(evidence: Evidence) -> list[str]:
    return [check.promise for check in verdict(evidence) if not check.holds]


def test_a_sound_run_breaks_no_promise() -> None:
    assert broken(a_sound_run()) == []


@pytest.mark.parametrize(
    ("doctored", "promise"),
    [
        pytest.param(
            lambda: a_sound_run(sent=[Sent(0, Chart(*BOOK), "BUY", ["2"], 1)]),
            "Every accepted alert is there",
            id="an accepted alert is lost",
        ),
        pytest.param(
            lambda: a_sound_run(sent=[Sent(0, Chart(*BOOK), "BUY", ["1", "1"], 3, [500])]),
            "What is not accepted is answered with 503",
            id="an alert is answered with 500",
        ),
        pytest.param(
            lambda: a_sound_run(receipts=[RECEIPT | {"ending": None}]),
            "Every signal has its ending",
            id="a signal has no ending",
        ),
        pytest.param(
            lambda: a_sound_run(sent=[Sent(0, Chart(*BOOK), "BUY", ["1", "2"], 2)]),
            "A resend is one signal",
            id="a resend became a second signal",
        ),
        pytest.param(
            lambda: with_account(orders=[ORDER, ORDER]),
            "No order stands twice, and none is unknown",
            id="an order stands twice",
        ),
        pytest.param(
            lambda: with_account(orders=[ORDER, ORDER | {"client_order_id": "stray"}]),
            "No order stands twice, and none is unknown",
            id="an order that nobody decided",
        ),
        pytest.param(
            lambda: a_sound_run(intents=[INTENT, replace(INTENT, part=2)]),
            "No leg was traded twice",
            id="two orders for one leg, both filled",
        ),
        pytest.param(
            lambda: with_account(orders=[ORDER | {"filled_qty": "7"}]),
            "Every fill was counted",
            id="a fill was not counted",
        ),
        pytest.param(
            lambda: with_account(positions={"AAPL": "6"}),
            "The books add up to the positions",
            id="a share too many at the broker",
        ),
        pytest.param(
            lambda: a_sound_run(external={"AAPL": Decimal(1)}),
            "The books add up to the positions",
            id="a share was adopted",
        ),
        pytest.param(
            lambda: a_sound_run(receipts=[RECEIPT | {"action": "SELL"}]),
            "Each book is where its last signal wanted it",
            id="long where short was asked for",
        ),
        pytest.param(
            lambda: with_summary(by_book=[]),
            "Analytics counts the same shares",
            id="analytics misses a book",
        ),
        pytest.param(
            lambda: with_summary(by_symbol=[LINE | {"realised": "1.26"}]),
            "Profit and loss agree to the cent, by symbol",
            id="a cent too much",
        ),
        pytest.param(
            lambda: with_summary(account=AMOUNTS | {"cash": "900.01"}),
            "The account agrees to the cent",
            id="a cent too much in cash",
        ),
        pytest.param(
            lambda: with_summary(signals_by_ending={"none": 1}),
            "Analytics knows every ending",
            id="analytics misses an ending",
        ),
        pytest.param(
            lambda: a_sound_run(
                config_tab=[a_sound_run().config_tab[0] | {"Order Status": "ORDER SUBMITTED"}]
            ),
            "The sheet shows every final status",
            id="a status is an old one",
        ),
        pytest.param(
            lambda: a_sound_run(performance_tab=[{"symbol": "AAPL", "total_pnl": "-$1.25"}]),
            "The Performance tab adds up",
            id="a loss instead of a profit",
        ),
        pytest.param(
            lambda: a_sound_run(dead_letters=1), "No message is dead", id="a message is dead"
        ),
    ],
)
def test_each_thing_that_must_never_happen_is_seen(
    doctored: Callable[[], Evidence], promise: str
) -> None:
    assert promise in broken(doctored())


def broken_when_restored(evidence: Evidence) -> list[str]:
    """Return what does not hold where one BUY came in the halt, and another after it."""
    halted = [Sent(1, Chart(*BOOK), "BUY", ["2"], 1)]
    traded = [Sent(0, Chart(*BOOK), "BUY", ["1"], 1)]
    checks = verdict_of_restored(evidence, halted=halted, traded=traded)
    return [check.promise for check in checks if not check.holds]


DECLINED = RECEIPT | {"signal_id": "2", "ending": "declined", "reason": "halted"}


def a_restored_run(**changes: Any) -> Evidence:
    """Return one that forgot an order, by which two more shares are at the broker."""
    forgotten = ORDER | {"client_order_id": "nv-0-open"}
    run = with_account(orders=[ORDER, forgotten], positions={"AAPL": "7"})
    lines = [{**LINE, "timeframe": "15 Min"}, {**LINE, "timeframe": EXTERNAL_NAME, "quantity": "2"}]
    sound = replace(
        run,
        receipts=[RECEIPT, DECLINED],
        external={"AAPL": Decimal(2)},
        summary=run.summary | {"by_book": lines},
    )
    return replace(sound, **changes)


def test_what_a_backup_does_not_know_is_no_breach_after_it_was_restored() -> None:
    assert broken_when_restored(a_restored_run()) == []


@pytest.mark.parametrize(
    ("doctored", "promise"),
    [
        pytest.param(
            a_restored_run(receipts=[RECEIPT, DECLINED | {"ending": "filled"}]),
            "Nothing is opened until somebody resumes",
            id="an entry in the halt",
        ),
        pytest.param(
            a_restored_run(receipts=[RECEIPT | {"ending": "failed"}, DECLINED]),
            "After that it trades on",
            id="nothing is traded after the halt",
        ),
        pytest.param(
            a_restored_run(account=a_restored_run().account | {"orders": [ORDER, ORDER]}),
            "No order stands twice at the broker",
            id="an order is sent again after the restore",
        ),
        pytest.param(
            a_restored_run(account=a_restored_run().account | {"positions": {"AAPL": "8"}}),
            "Books and external shares add up to the positions",
            id="shares that nobody counts",
        ),
    ],
)
def test_what_must_never_come_of_a_restore_is_seen(doctored: Evidence, promise: str) -> None:
    assert broken_when_restored(doctored) == [promise]
