"""`novalgo profit`: analytics' numbers."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

_EARNINGS = ("realised_today", "realised", "unrealised")


def show_profit(summary: Mapping[str, Any], console: Console, *, as_json: bool) -> None:
    """Print what was earned, by analytics' summary."""
    if as_json:
        console.print_json(data=summary)
        return
    console.print(_earned(summary))
    account = summary["account"]
    if account is None:
        console.print("The broker has not stated the account yet.")
    else:
        console.print(f"equity {account['equity']}, cash {account['cash']}", highlight=False)


def _earned(summary: Mapping[str, Any]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_footer=True)
    table.add_column("symbol", "in all")
    table.add_column("timeframe")
    table.add_column("shares", justify="right")
    for name in _EARNINGS:
        table.add_column(name.replace("_", " "), _dollars(summary[name]), justify="right")
    for symbol in summary["by_symbol"]:
        _add_symbol(table, symbol, summary["by_book"])
    return table


def _add_symbol(
    table: Table, symbol: Mapping[str, str], books: Sequence[Mapping[str, str]]
) -> None:
    """Add a line for each of the symbol's books, and one for the symbol where it has several."""
    own = [book for book in books if book["symbol"] == symbol["symbol"]]
    for line in own if len(own) == 1 else (symbol, *own):
        earned = (_dollars(line[name]) for name in _EARNINGS)
        table.add_row(line["symbol"], line.get("timeframe", "all"), line["quantity"], *earned)


def _dollars(text: str) -> Text:
    amount = Decimal(text).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    sign = "-" if amount < 0 else ""
    return Text(f"{sign}${abs(amount):,}", style="red" if amount < 0 else "")
