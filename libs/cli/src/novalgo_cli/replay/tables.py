"""What a replay shows."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from novalgo_cli.receipts import ending


def show(console: Console, receipts: Sequence[dict[str, Any]], account: dict[str, Any]) -> None:
    """Print each alert with what became of it, each symbol's profit, and the sums."""
    console.print(_alerts(receipts))
    console.print(_symbols(account["symbols"]))
    counts = Counter(receipt["ending"] for receipt in receipts)
    console.print(", ".join(f"{number} {name}" for name, number in sorted(counts.items())))
    console.print(
        f"realised {_dollars(account['realised'])}, unrealised {_dollars(account['unrealised'])}, "
        "at the alerts' own prices, without slippage or fees"
    )


def _alerts(receipts: Sequence[dict[str, Any]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("action", "symbol", "timeframe", "price", "orders", "ending"):
        table.add_column(name)
    for receipt in receipts:
        orders = ", ".join(
            f"{order['leg']} {order['filled_qty']} at {order['filled_avg_price']}"
            for order in receipt["orders"]
        )
        price = "" if receipt["price"] is None else str(receipt["price"])
        book = (receipt["symbol"], receipt["timeframe"])
        table.add_row(receipt["action"], *book, price, orders, ending(receipt))
    return table


def _symbols(symbols: dict[str, dict[str, str]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("symbol", "held", "realised", "unrealised"):
        table.add_column(name, justify="left" if name == "symbol" else "right")
    for symbol, found in sorted(symbols.items()):
        money = (_dollars(found["realised"]), _dollars(found["unrealised"]))
        table.add_row(symbol, found["qty"], *money)
    return table


def _dollars(amount: str) -> str:
    number = Decimal(amount)
    return f"{'-' if number < 0 else ''}${abs(number):,.2f}"
