"""The demo's verdict fails for each promise that is broken, and for that one alone."""

from collections import Counter
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from novalgo_cli.demo import tables
from novalgo_cli.demo.alert import Answer
from novalgo_cli.demo.day import Diary
from novalgo_cli.demo.outcome import Outcome
from novalgo_cli.demo.verdict import verdict
from novalgo_common.events import RowStatus


def a_receipt(signal_id: str, ending: str | None = "filled", **changes: Any) -> dict[str, Any]:
    order = {
        "leg": "open",
        "client_order_id": f"nv-{signal_id}-open",
        "status": "filled",
        "filled_qty": 2,
        "filled_avg_price": 100.5,
    }
    steps = [
        {"step": "alert", "at": "2026-03-02T12:00:00+00:00"},
        {"step": "filled", "at": "2026-03-02T12:00:00.250000+00:00"},
    ]
    receipt = {"signal_id": signal_id, "action": "BUY", "symbol": "AAPL", "timeframe": "15 Min"}
    rest = {"ending": ending, "reason": None, "detail": "", "orders": [order], "steps": steps}
    return {**receipt, **rest, **changes}


def an_outcome(**changes: Any) -> Outcome:
    """Return what a day without fault comes to: one signal filled, one order left open."""
    header = ["symbol", "Time Frame", "Order Status", "Last Updated"]
    written = "2026-03-02T04:00:00-08:00"
    rows = [["AAPL", "15 Min", status.value, written] for status in RowStatus]
    earned = {"realised": "12.344", "unrealised": "-3.10"}
    outcome = Outcome(
        diary=Diary(Counter({Answer.ACCEPTED: 2}), [], {"a", "b"}, queued="b"),
        receipts=[a_receipt("a"), a_receipt("b", None)],
        summary={
            "account": {"cash": "900", "equity": "1009.24"},
            **earned,
            "by_symbol": [{"symbol": "AAPL", "quantity": "2", **earned}],
            "by_book": [{"symbol": "AAPL", "timeframe": "15 Min", "quantity": "2", **earned}],
        },
        rebuilt={"events": 9, "rows": 20, "ledgers": 1, "different": 0, "first": []},
        account={
            "cash": "900",
            "equity": "1009.24",
            **earned,
            "symbols": {"AAPL": {"qty": "2", **earned}},
            "orders": [{"client_order_id": "nv-a-open"}, {"client_order_id": "nv-b-open"}],
            "fills": [{}],
            "orders_posted": 2,
        },
        config_tab=[header, *rows],
        performance_tab=[["symbol", "total_pnl"], ["AAPL", "$12.34"]],
        dead_letters=0,
        seconds=1.0,
    )
    return replace(outcome, **changes)


def broken(outcome: Outcome) -> list[str]:
    return [check.promise for check in verdict(outcome) if not check.holds]


def test_a_day_without_fault_keeps_every_promise() -> None:
    assert broken(an_outcome()) == []


def test_an_unexpected_answer_is_told() -> None:
    diary = Diary(Counter(), ["BUY AAPL 15 Min: skipped, not accepted"], {"a", "b"}, "b")

    assert broken(an_outcome(diary=diary)) == ["Every alert had the answer that it was to have"]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"receipts": [a_receipt("a", None), a_receipt("b", None)]}, id="no ending"),
        pytest.param({"receipts": [a_receipt("a"), a_receipt("b")]}, id="no order left open"),
        pytest.param({"dead_letters": 1}, id="a dead letter"),
    ],
)
def test_a_signal_without_its_ending_is_told(changes: dict[str, Any]) -> None:
    assert broken(an_outcome(**changes)) == ["Every signal has its ending"]


def test_a_signal_that_the_broker_refused_is_told_with_its_reason() -> None:
    refused = a_receipt("a", "failed", detail="insufficient qty")

    outcome = an_outcome(receipts=[refused, a_receipt("b", None)])

    assert broken(outcome) == ["No signal failed"]
    assert "AAPL: insufficient qty" in [check.found for check in verdict(outcome)]


def test_a_status_that_never_showed_is_told() -> None:
    tab = [row for row in an_outcome().config_tab if row[2] != "WAITING"]

    assert broken(an_outcome(config_tab=tab)) == ["The Config tab shows every Order Status"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("quantity", "2.000000001"), ("realised", "12.33"), ("unrealised", "-3.09")],
)
def test_a_symbol_that_differs_is_told(field: str, value: str) -> None:
    summary = an_outcome().summary
    lines = {name: [{**summary[name][0], field: value}] for name in ("by_symbol", "by_book")}

    assert broken(an_outcome(summary={**summary, **lines})) == [
        "Shares, realised and unrealised P&L agree for each symbol"
    ]


def test_a_share_in_no_timeframe_is_told() -> None:
    summary = an_outcome().summary
    nothing = {"realised": "0", "unrealised": "0"}
    stray = {"symbol": "AAPL", "timeframe": "EXTERNAL", "quantity": "-2", **nothing}

    outcome = an_outcome(summary={**summary, "by_book": [*summary["by_book"], stray]})

    assert broken(outcome) == ["Every share belongs to a timeframe"]


def test_a_cent_between_a_symbol_and_its_books_is_told() -> None:
    summary = an_outcome().summary
    book = {**summary["by_book"][0], "unrealised": "-3.11"}

    outcome = an_outcome(summary={**summary, "by_book": [book]})

    assert broken(outcome) == ["The books' P&L adds up to their symbol's"]


def test_a_number_that_the_journal_does_not_give_again_is_told() -> None:
    first = [{"table": "movements", "kept": "1", "rebuilt": "2"}]
    rebuilt = {**an_outcome().rebuilt, "different": 1, "first": first}

    assert broken(an_outcome(rebuilt=rebuilt)) == ["The journal gives the same numbers again"]


def test_a_cent_of_equity_is_told() -> None:
    stated = {"cash": "900", "equity": "1009.25"}

    outcome = an_outcome(summary={**an_outcome().summary, "account": stated})

    assert broken(outcome) == ["The account agrees to the cent"]


def test_a_performance_tab_that_lacks_a_symbol_is_told() -> None:
    assert broken(an_outcome(performance_tab=[])) == [
        "The Performance tab adds up to what was realised"
    ]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"orders_posted": 3}, id="sent once more"),
        pytest.param({"orders": [{"client_order_id": "of-somebody-else"}]}, id="not decided"),
    ],
)
def test_an_order_too_many_is_told(changes: dict[str, Any]) -> None:
    account = {**an_outcome().account, **changes}

    assert broken(an_outcome(account=account)) == ["No order was sent twice"]


def test_the_tables_fit_a_hundred_columns_and_name_the_reasons() -> None:
    console = Console(width=100, record=True, file=StringIO())
    declined = a_receipt("c", "declined", reason="too_small", orders=[])

    tables.show(console, an_outcome(receipts=[*an_outcome().receipts, declined]))
    tables.show_verdict(console, verdict(an_outcome()))

    text = console.export_text()
    assert max(map(len, text.splitlines())) <= 100
    assert "declined: too small" in text
    assert "p50 250 ms" in text
    assert "✓ Every signal has its ending" in text
