"""`novalgo profit`: analytics' numbers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from novalgo_common.clock import to_pacific

_EARNINGS = ("realised_today", "realised", "unrealised")
_SIDES = ("all", "long", "short")


def show_profit(summary: Mapping[str, Any], console: Console, *, as_json: bool) -> None:
    """Print the account, what is held, what was earned and how trades went."""
    if as_json:
        console.print_json(data=summary)
        return
    console.print(_account(summary["account"]), soft_wrap=True)
    if summary["positions"]:
        console.print(_positions(summary["positions"]))
    console.print(_earned(summary))
    console.print(_at_average_cost(summary))
    if summary["cash"]:
        console.print(_cash(summary["cash"]))
    console.print(_trades(summary["trades"]))


def _account(account: Mapping[str, str] | None) -> Text:
    if account is None:
        return Text("The broker has not stated the account yet.")
    at = to_pacific(datetime.fromisoformat(account["at"]))
    return Text.assemble(
        ("Equity ", "bold"),
        (f"${_cents(account['equity']):,}", "bold"),
        " (",
        _gain(Decimal(account["earned_since_close"])),
        " since the last close), cash ",
        f"${_cents(account['cash']):,}, buying power ${_cents(account['buying_power']):,}",
        (f", as of {at:%b %d %H:%M:%S} Pacific", "dim"),
    )


def _positions(positions: Sequence[Mapping[str, Any]]) -> Table:
    table = _table("Positions")
    table.add_column("symbol")
    for name in ("shares", "average price", "price", "value", "unrealised"):
        table.add_column(name, justify="right")
    for held in positions:
        table.add_row(
            held["symbol"] if held["agrees"] else f"{held['symbol']} (fills say otherwise)",
            held["quantity"],
            *(_dollars(held[name]) for name in ("average_price", "current_price", "market_value")),
            _gain(held["unrealised"]),
        )
    return table


def _earned(summary: Mapping[str, Any]) -> Table:
    table = _table("Profit and loss, first in, first out")
    table.show_footer = True
    table.add_column("symbol", "in all")
    table.add_column("timeframe")
    table.add_column("shares", justify="right")
    for name in _EARNINGS:
        table.add_column(name.replace("_", " "), _gain(summary[name]), justify="right")
    for symbol in summary["by_symbol"]:
        _add_symbol(table, symbol, summary["by_book"])
    return table


def _add_symbol(
    table: Table, symbol: Mapping[str, str], books: Sequence[Mapping[str, str]]
) -> None:
    """Add a line for each of the symbol's books, and one for the symbol where it has several."""
    own = [book for book in books if book["symbol"] == symbol["symbol"]]
    for line in own if len(own) == 1 else (symbol, *own):
        earned = (_gain(line[name]) for name in _EARNINGS)
        table.add_row(line["symbol"], line.get("timeframe", "all"), line["quantity"], *earned)


def _at_average_cost(summary: Mapping[str, Any]) -> Table:
    table = _table("The same at average cost, as brokers' screens show it")
    total = summary["at_average_cost"]
    table.show_footer = True
    table.add_column("symbol", "in all")
    table.add_column("shares", justify="right")
    table.add_column("average price", justify="right")
    for name in ("realised", "unrealised"):
        table.add_column(name, _gain(total[name]), justify="right")
    for symbol in summary["by_symbol"]:
        view = symbol["at_average_cost"]
        earned = (_gain(view[name]) for name in ("realised", "unrealised"))
        average = _dollars(view["average_price"])
        table.add_row(symbol["symbol"], symbol["quantity"], average, *earned)
    return table


def _cash(cash: Mapping[str, str]) -> Text:
    parts = [part for kind, amount in cash.items() for part in (f" {kind} ", _gain(amount), ",")]
    return Text.assemble(("Beside the trades:", "bold"), *parts[:-1])


def _trades(trades: Mapping[str, Any]) -> Table:
    table = _table(f"Closed trades, the last {trades['days']} days")
    table.add_column("")
    for name in ("trades", "won", "lost", "win rate", "realised", "best", "worst"):
        table.add_column(name, justify="right")
    for side in _SIDES:
        line = trades if side == "all" else trades[side]
        table.add_row(
            side,
            *(str(line[name]) for name in ("trades", "won", "lost")),
            "-" if line["win_rate"] is None else f"{line['win_rate']:.1%}",
            _gain(line["realised"]),
            _one(line["best"]),
            _one(line["worst"]),
        )
    return table


def _one(trade: Mapping[str, str] | None) -> Text:
    if trade is None:
        return Text("-")
    return Text.assemble(_gain(trade["realised"]), f" {trade['symbol']} {trade['timeframe']}")


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)


def _gain(amount: str | Decimal) -> Text:
    cents = _cents(amount)
    style = "green" if cents > 0 else "red" if cents < 0 else ""
    return Text(f"{'-' if cents < 0 else ''}${abs(cents):,}", style=style)


def _dollars(amount: str | None) -> str:
    return (
        "-" if amount is None else f"{'-' if Decimal(amount) < 0 else ''}${abs(_cents(amount)):,}"
    )


def _cents(amount: str | Decimal) -> Decimal:
    return Decimal(amount).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
