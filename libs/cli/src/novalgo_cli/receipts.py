"""Receipts as people read them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from novalgo_common.clock import PACIFIC

_STYLES = {"filled": "green", "failed": "red", "dead": "bold red", "declined": "yellow"}


def ending(receipt: dict[str, Any]) -> Text:
    """Return how a signal ended, such as `declined: too small`."""
    name = receipt["ending"] or "under way"
    reason = f": {receipt['reason'].replace('_', ' ')}" if receipt["reason"] else ""
    return Text(f"{name}{reason}", style=_STYLES.get(name, ""))


def receipts_table(receipts: Sequence[dict[str, Any]]) -> Table:
    """Return a line for each receipt, in the given order."""
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("received", "action", "symbol", "timeframe", "ending", "signal"):
        table.add_column(name, no_wrap=name in ("received", "signal"))
    for receipt in receipts:
        received = next((step["at"] for step in receipt["steps"]), None)
        table.add_row(
            _moment(received)[5:19] if received else "",
            receipt["action"],
            receipt["symbol"],
            receipt["timeframe"],
            ending(receipt),
            receipt["signal_id"],
        )
    return table


def receipt_lines(receipt: dict[str, Any]) -> Iterator[Text]:
    """Yield a receipt's lines: the signal, its way with times, its orders, its ending."""
    signal = f"{receipt['action']} {receipt['symbol']} {receipt['timeframe']}"
    yield Text(f"{signal}   signal {receipt['signal_id']}", style="bold")
    if receipt["channel"]:
        came = f"{receipt['channel']} from {receipt['address']}, secret {receipt['secret']}"
        yield Text(f"  came by    {came}")
    if receipt["message"]:
        yield Text(f"  said       {receipt['message']}")
    if receipt["warning"]:
        yield Text(f"  warning    {receipt['warning']}", style="yellow")
    yield from _way(receipt["steps"])
    for order in receipt["orders"]:
        yield _order(order)
    yield Text("  ending     ") + ending(receipt)
    if receipt["detail"]:
        yield Text(f"  why        {receipt['detail']}")


def _way(steps: Sequence[dict[str, str]]) -> Iterator[Text]:
    before: datetime | None = None
    for step in steps:
        at = datetime.fromisoformat(step["at"])
        later = f"  +{(at - before).total_seconds() * 1000:.0f} ms" if before else ""
        yield Text(f"  {step['step']:<10} {_moment(step['at'])}{later}")
        before = at


def _order(order: dict[str, Any]) -> Text:
    filled = ""
    if order["filled_qty"]:
        filled = f", {order['filled_qty']} at {order['filled_avg_price']}"
    text = f"{order['leg']}, {order['status']}{filled}   {order['client_order_id']}"
    return Text(f"  order      {text}")


def _moment(text: str) -> str:
    at = datetime.fromisoformat(text).astimezone(PACIFIC)
    return f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03} Pacific"
