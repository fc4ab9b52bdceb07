"""What `novalgo profit` shows."""

from io import StringIO
from typing import Any

from rich.console import Console

from novalgo_cli.profit import show_profit

NOTHING = {"realised_today": "0", "realised": "0", "unrealised": "0"}
EARNED = {"realised_today": "1.5", "realised": "-1250.505", "unrealised": "0"}


def a_summary(**changes: Any) -> dict[str, Any]:
    summary: dict[str, Any] = {
        "account": {"cash": "900.10", "equity": "1000"},
        **EARNED,
        "by_symbol": [{"symbol": "AAPL", "quantity": "3", **EARNED}],
        "by_book": [{"symbol": "AAPL", "timeframe": "15 Min", "quantity": "3", **EARNED}],
    }
    return summary | changes


def shown(summary: dict[str, Any]) -> str:
    console = Console(width=100, record=True, file=StringIO())
    show_profit(summary, console, as_json=False)
    return console.export_text()


def test_amounts_are_rounded_to_the_cent_and_signed() -> None:
    text = shown(a_summary())

    assert "-$1,250.51" in text
    assert "equity 1000, cash 900.10" in text


def test_a_symbol_of_one_timeframe_has_one_line() -> None:
    assert shown(a_summary()).count("AAPL") == 1


def test_a_symbol_of_two_timeframes_has_a_line_for_both_together() -> None:
    books = [
        {"symbol": "AAPL", "timeframe": timeframe, "quantity": "1", **NOTHING}
        for timeframe in ("5 Min", "15 Min")
    ]

    text = shown(a_summary(by_book=books))

    assert [word for word in ("all", "5 Min", "15 Min") if word not in text] == []
    assert text.count("AAPL") == 3


def test_an_account_that_was_not_stated_yet_is_said() -> None:
    assert "has not stated the account yet" in shown(a_summary(account=None))
