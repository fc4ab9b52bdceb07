"""`novalgo deadletters`: what could not be handled, and its way back into its queue."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from novalgo_cli.client import Analytics
from novalgo_common.clock import to_pacific
from novalgo_common.errors import UnavailableError

Letter = Mapping[str, Any]


def listed(environ: Mapping[str, str]) -> list[Letter]:
    """Return the dead letters, the oldest first."""
    found: list[Letter] = Analytics(environ).read("deadletters")["dead_letters"]
    return found


def chosen(letters: Sequence[Letter], letter_id: str) -> Letter:
    """Return the letter of this name, of which the first digits may do."""
    found = [letter for letter in letters if letter["letter_id"].startswith(letter_id)]
    if len({letter["letter_id"] for letter in found}) != 1:
        what = "several dead letters begin so" if found else "there is no such dead letter"
        raise UnavailableError(f"{letter_id}: {what}; `novalgo deadletters list` names them")
    return found[0]


def show(letters: Sequence[Letter], console: Console) -> None:
    """Print a line for each letter, and why it died below it."""
    if not letters:
        console.print("no dead letter: every message was handled")
        return
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("letter", "died (Pacific)", "queue", "what it was", "why"):
        table.add_column(name, no_wrap=name in ("letter", "died (Pacific)"), overflow="fold")
    for letter in letters:
        table.add_row(
            letter["letter_id"],
            _moment(letter["died_at"]),
            letter["queue"] or "unknown",
            what(letter),
            letter["error"],
        )
    console.print(table)


def what(letter: Letter) -> str:
    """Return what the message was, such as `signal.received.v1 BUY AAPL 15 Min`."""
    parts = (letter[name] for name in ("message", "action", "symbol", "timeframe"))
    return " ".join(part for part in parts if part) or "no event"


def replay(letter: Letter, environ: Mapping[str, str], console: Console) -> int:
    """Hand the letter to its queue again; return the exit code."""
    answer = Analytics(environ).post(f"control/replay/{letter['letter_id']}")
    if answer["died_again"]:
        console.print(f"[red]{answer['queue']} could not handle it again:[/] it is still listed")
        return 1
    console.print(f"[green]{answer['queue']} has it again[/] (request {answer['request_id']})")
    return 0


def _moment(text: str | None) -> str:
    return f"{to_pacific(datetime.fromisoformat(text)):%m-%d %H:%M:%S}" if text else "unknown"
