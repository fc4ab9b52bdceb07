"""`novalgo preview`: what an alert would become, as people read it."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from novalgo_cli.client import Ingest
from novalgo_common.errors import SettingsError

ACCEPTED, NOT_ACCEPTED = 0, 1


def preview(message: str, environ: Mapping[str, str], console: Console, *, as_json: bool) -> int:
    """Return 0 where the alert would be accepted, with its right secret; else 1."""
    found = Ingest(environ).preview(message)
    if as_json:
        console.print_json(data=found)
    else:
        for line in preview_lines(found):
            console.print(line, soft_wrap=True)
    return ACCEPTED if found["would"] == "accept" and found["secret"] else NOT_ACCEPTED


def read_message(path: str) -> str:
    """Return the message in a file, or what comes from the standard input for `-`."""
    if path == "-":
        return sys.stdin.read()
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read ({type(error).__name__})") from None


def preview_lines(found: dict[str, Any]) -> Iterator[Text]:
    """Yield what a preview tells, a line each."""
    if "alert" in found:
        alert = found["alert"]
        yield Text(f"{alert['action']} {alert['symbol']} {alert['timeframe']}", style="bold")
    yield Text(f"  ingest    would {found['would']}")
    for name, style in (("error", "red"), ("signal_id", ""), ("skipped", "yellow")):
        if found.get(name):
            yield Text(f"            {found[name]}", style=style)
    if found.get("secret") is False:
        yield Text("  secret    wrong or missing: it would be answered with 401", style="red")
    if found.get("warning"):
        yield Text(f"  warning   {found['warning']}", style="yellow")
    if "executor" in found:
        yield from _executor(found["executor"])


def _executor(told: dict[str, Any]) -> Iterator[Text]:
    if "error" in told:
        yield Text(f"  executor  cannot be asked: {told['error']}", style="yellow")
        return
    yield Text(f"  executor  holds {told['held']} shares in this book")
    for order in told["orders"]:
        amount = f"{order['qty']} shares" if order["qty"] is not None else f"${order['dollars']}"
        yield Text(f"            would {order['side']} {amount} to {order['leg']}", style="green")
    if told["ending"]:
        reason = f": {told['reason'].replace('_', ' ')}" if told["reason"] else ""
        yield Text(f"            would end it as {told['ending']}{reason}", style="yellow")
    if told["detail"]:
        yield Text(f"            {told['detail']}")
