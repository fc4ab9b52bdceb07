"""What `novalgo profit` shows."""

import re
from io import StringIO
from typing import Any

from rich.console import Console

from novalgo_cli.profit import show_profit

NOTHING = {"realised_today": "0", "realised": "0", "unrealised": "0"}
EARNED = {"realised_today": "1.5", "realised": "-1250.505", "unrealised": "0"}
AVERAGE = {"average_price": "101.5", "realised": "-1200", "unrealised": "-50.5"}


NO_TRADES = {
    "trades": 0,
    "won": 0,
    "lost": 0,
    "win_rate": None,
    "realised": "0",
    "best": None,
    "worst": None,
}
WON = {
    "trades": 3,
    "won": 2,
    "lost": 1,
    "win_rate": 2 / 3,
    "realised": "40",
    "best": {"symbol": "MSFT", "timeframe": "1 Hour", "realised": "55.5"},
    "worst": {"symbol": "TSLA", "timeframe": "5 Min", "realised": "-20"},
}


def a_summary(**changes: Any) -> dict[str, Any]:
    summary: dict[str, Any] = {
        "account": {
            "at": "2026-11-11T17:00:00+00:00",
            "cash": "900.10",
            "equity": "1000",
            "last_equity": "1010",
            "earned_since_close": "-10",
            "buying_power": "1800",
        },
        "positions": [],
        "trades": {"days": 30, **WON, "long": WON, "short": NO_TRADES},
        **EARNED,
        "at_average_cost": {**AVERAGE, "average_price": None},
        "cash": {},
        "by_symbol": [{"symbol": "AAPL", "quantity": "3", **EARNED, "at_average_cost": AVERAGE}],
        "by_book": [{"symbol": "AAPL", "timeframe": "15 Min", "quantity": "3", **EARNED}],
    }
    return summary | changes


def shown(summary: dict[str, Any]) -> str:
    console = Console(width=100, record=True, file=StringIO())
    show_profit(summary, console, as_json=False)
    return console.export_text()


def first_in_first_out(text: str) -> str:
    """Return what stands before the second view."""
    return text.partition("at average cost")[0]


def test_amounts_are_rounded_to_the_cent_and_signed() -> None:
    text = shown(a_summary())

    assert "-$1,250.51" in text
    assert "Equity $1,000.00 (-$10.00 since the last close), cash $900.10" in text
    assert "as of Nov 11 09:00:00 Pacific" in text


def test_a_symbol_of_one_timeframe_has_one_line() -> None:
    assert first_in_first_out(shown(a_summary())).count("AAPL") == 1


def test_a_symbol_of_two_timeframes_has_a_line_for_both_together() -> None:
    books = [
        {"symbol": "AAPL", "timeframe": timeframe, "quantity": "1", **NOTHING}
        for timeframe in ("5 Min", "15 Min")
    ]

    text = shown(a_summary(by_book=books))

    assert [word for word in ("all", "5 Min", "15 Min") if word not in text] == []
    assert first_in_first_out(text).count("AAPL") == 3


def test_an_account_that_was_not_stated_yet_is_said() -> None:
    assert "has not stated the account yet" in shown(a_summary(account=None))


def test_trades_are_told_long_against_short_with_the_best_and_the_worst() -> None:
    lines = [line.split() for line in shown(a_summary()).splitlines()]

    [everything] = [line for line in lines if line[:1] == ["all"]]
    [short] = [line for line in lines if line[:1] == ["short"]]
    assert everything[:6] == ["all", "3", "2", "1", "66.7%", "$40.00"]
    assert everything[6:] == ["$55.50", "MSFT", "1", "Hour", "-$20.00", "TSLA", "5", "Min"]
    assert short[1:] == ["0", "0", "0", "-", "$0.00", "-", "-"]


def test_positions_are_shown_with_what_they_are_worth() -> None:
    held = {
        "symbol": "AAPL",
        "quantity": "3",
        "agrees": False,
        "average_price": "100",
        "current_price": None,
        "market_value": None,
        "unrealised": "12.345",
    }

    text = shown(a_summary(positions=[held]))

    assert "AAPL (fills say otherwise)" in text
    assert "$12.35" in text


def test_average_cost_is_a_second_view_with_its_name_on_it() -> None:
    text = shown(a_summary())

    assert "at average cost, as brokers' screens show it" in text
    assert re.search(r"AAPL +3 +\$101\.50 +-\$1,200\.00 +-\$50\.50", text)


def test_cash_beside_the_trades_is_told_where_there_was_any() -> None:
    told = shown(a_summary(cash={"transfer": "500", "fee": "-0.03"}))

    assert "Beside the trades: transfer $500.00, fee -$0.03" in told
    assert "Beside the trades" not in shown(a_summary())
