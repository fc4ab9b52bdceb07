"""`novalgo signals` and `novalgo positions`: what ingest tells the holder of an API key."""

import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from rich import box
from rich.console import Console
from rich.table import Table

from novalgo_cli.client import Ingest
from novalgo_cli.receipts import receipt_lines, receipts_table
from novalgo_ingest.receipts.export import as_csv
from novalgo_ingest.receipts.search import MOST


def show_signals(
    environ: Mapping[str, str],
    console: Console,
    search: Mapping[str, str],
    *,
    limit: int,
    form: str,
) -> None:
    """Print the newest signals of a search: as a table, or in the form `json` or `csv`."""
    found = _all_pages(Ingest(environ), search, limit)
    if form == "json":
        console.print_json(data={"signals": found})
    elif form == "csv":
        sys.stdout.write(as_csv(found))
    else:
        console.print(receipts_table(found))


def _all_pages(ingest: Ingest, search: Mapping[str, str], limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    before: dict[str, str] = {}
    while len(found) < limit:
        asked = {**search, **before, "limit": str(min(MOST, limit - len(found)))}
        page = ingest.read(f"/signals?{urlencode(asked)}")
        found += page["signals"]
        if page["before"] is None:
            break
        before = {"before": str(page["before"])}
    return found


def show_signal(
    signal_id: str, environ: Mapping[str, str], console: Console, *, as_json: bool
) -> None:
    """Print one signal's receipt."""
    receipt = Ingest(environ).read(f"/signals/{signal_id}")
    if as_json:
        console.print_json(data=receipt)
        return
    for line in receipt_lines(receipt):
        console.print(line, soft_wrap=True)


def show_positions(environ: Mapping[str, str], console: Console, *, as_json: bool) -> None:
    """Print what the account holds."""
    found = Ingest(environ).read("/positions")
    if as_json:
        console.print_json(data=found)
    else:
        console.print(_positions(found["positions"]) if found["positions"] else "No positions")


def _positions(positions: list[dict[str, Any]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("symbol", "side"):
        table.add_column(name)
    for name in ("qty", "market value", "unrealized P&L"):
        table.add_column(name, justify="right")
    for held in positions:
        table.add_row(
            held["symbol"],
            held["side"],
            str(held["qty"]),
            _dollars(held["market_value"]),
            _dollars(held["unrealized_pl"]),
        )
    return table


def _dollars(amount: float | None) -> str:
    if amount is None:
        return "-"
    return f"{'-' if amount < 0 else ''}${abs(amount):,.2f}"
