"""The day's outcome as tables, at most 100 columns wide."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from novalgo_cli.demo import books
from novalgo_cli.demo.outcome import Outcome
from novalgo_cli.demo.sheet import Cells
from novalgo_cli.demo.verdict import Check

_COLOURS = {
    "READY": "cyan",
    "ORDER SUBMITTED": "yellow",
    "FILLED": "green",
    "FAILED": "red",
    "WAITING": "blue",
    "INACTIVE": "bright_black",
    "ALREADY LONG": "magenta",
    "ALREADY SHORT": "magenta",
}
_NUMERIC = ("position_size", "trades", "pnl", "rate", "best", "worst")


def show(console: Console, outcome: Outcome) -> None:
    """Print everything but the verdict."""
    console.print(_tab("Config tab (times are Pacific)", outcome.config_tab))
    console.print(_tab("Performance tab", outcome.performance_tab))
    console.print(_profit(outcome))
    console.print(_account(outcome))
    console.print(_counts("Alerts by answer", _answers(outcome)))
    console.print(_counts("Signals by ending", _endings(outcome)))
    for line in (*_speed(outcome), *_orders(outcome)):
        console.print(line, highlight=False)
    console.print()


def show_verdict(console: Console, checks: Sequence[Check]) -> None:
    """Print a line for each promise, with a tick or a cross."""
    console.print("Verdict", style="bold")
    for check in checks:
        mark, style = ("✓", "green") if check.holds else ("✗", "bold red")
        console.print(Text.assemble((f"  {mark} {check.promise}", style), f": {check.found}"))


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)


def _tab(title: str, cells: Cells) -> Table:
    table = _table(title)
    header, *rows = _without_blanks(cells) or [["nothing was written"]]
    for name in header:
        is_number = any(word in name for word in _NUMERIC)
        table.add_column(
            name.replace("_", " "),
            justify="right" if is_number else "left",
            no_wrap=name == "Order Status",
        )
    for row in rows:
        table.add_row(*(_cell(name, value) for name, value in zip(header, row, strict=True)))
    return table


def _without_blanks(cells: Cells) -> Cells:
    """Leave out the columns in which nobody has written anything."""
    used = [any(column[1:]) or not cells[1:] for column in zip(*cells, strict=True)]
    return [[cell for cell, is_used in zip(row, used, strict=True) if is_used] for row in cells]


def _cell(column: str, value: str) -> Text:
    if column.lower().replace(" ", "_") == "last_updated" and value:
        return Text(f"{datetime.fromisoformat(value):%H:%M:%S}")
    style = _COLOURS.get(value, "") if column == "Order Status" else ""
    return Text(value, style=style or _tone(value))


def _tone(value: str) -> str:
    return "red" if value.startswith("-$") else ""


def _profit(outcome: Outcome) -> Table:
    table = _table("Profit and loss by NovAlgo's fills, and by the simulator's own account")
    table.add_column("symbol")
    for name in ("shares", "realised", "simulator's", "unrealised", "simulator's"):
        table.add_column(name, justify="right")
    table.add_column("")
    for line in books.by_symbol(outcome):
        numbers = [
            _number(amount)
            for pair in (line.realised, line.unrealised)
            for amount in (pair.ours, pair.theirs)
        ]
        table.add_row(line.symbol, _shares(line.quantity.ours), *numbers, _tick(line.agrees))
    return table


def _account(outcome: Outcome) -> Table:
    table = _table("The account")
    table.add_column("")
    for name in ("NovAlgo", "simulator"):
        table.add_column(name, justify="right")
    table.add_column("")
    for pair in books.account(outcome):
        table.add_row(pair.what, _number(pair.ours), _number(pair.theirs), _tick(pair.agrees))
    return table


def _counts(title: str, counts: Counter[str]) -> Table:
    table = _table(title)
    table.add_column("")
    table.add_column("", justify="right")
    for name, count in counts.most_common():
        table.add_row(name, str(count))
    table.show_header = False
    return table


def _answers(outcome: Outcome) -> Counter[str]:
    return Counter({kind.value: count for kind, count in outcome.diary.answers.items()})


def _endings(outcome: Outcome) -> Counter[str]:
    return Counter(map(_ending, outcome.receipts))


def _ending(receipt: dict[str, Any]) -> str:
    if receipt["ending"] is None:
        return "none yet: its order waits for the next open"
    reason = f": {receipt['reason'].replace('_', ' ')}" if receipt["reason"] else ""
    return f"{receipt['ending']}{reason}"


def _speed(outcome: Outcome) -> Iterator[str]:
    waits = sorted(
        wait for receipt in outcome.receipts if (wait := _alert_to_fill(receipt)) is not None
    )
    if waits:
        half, most = waits[len(waits) // 2], waits[min(len(waits) - 1, len(waits) * 99 // 100)]
        yield f"Alert to filled: p50 {half:.0f} ms, p99 {most:.0f} ms over {len(waits)} signals"


def _alert_to_fill(receipt: dict[str, Any]) -> float | None:
    """Return milliseconds."""
    steps = {step["step"]: datetime.fromisoformat(step["at"]) for step in receipt["steps"]}
    if receipt["ending"] != "filled" or not {"alert", "filled"} <= steps.keys():
        return None
    return (steps["filled"] - steps["alert"]).total_seconds() * 1000


def _orders(outcome: Outcome) -> Iterator[str]:
    legs = Counter(
        (receipt["signal_id"], order["leg"])
        for receipt in outcome.receipts
        for order in receipt["orders"]
    )
    split = sum(count > 1 for count in legs.values())
    orders, fills = legs.total(), len(outcome.account["fills"])
    also = f"; {split} crossed zero, which takes two" if split else ""
    yield f"Orders: {orders} for {len(legs)} legs{also}; {fills} fills"


def _number(amount: Decimal | None) -> Text:
    if amount is None:
        return Text("-")
    return Text(f"{books.cents(amount):,}", style="red" if amount < 0 else "")


def _shares(quantity: Decimal | None) -> str:
    return format(quantity.normalize(), "f") if quantity else "-"


def _tick(agrees: bool) -> Text:
    return Text("✓", style="green") if agrees else Text("✗", style="bold red")
