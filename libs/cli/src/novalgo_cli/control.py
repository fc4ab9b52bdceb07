"""`novalgo halt`, `resume`, `flatten`, `halts`: what a person orders executor."""

import time
from collections.abc import Mapping
from typing import Any

from rich.console import Console

from novalgo_cli.client import Executor, Ingest
from novalgo_common.errors import UnavailableError

PAUSE = 0.2


def order(
    what: str, scope: Mapping[str, str], environ: Mapping[str, str], console: Console
) -> dict[str, Any]:
    """Halt or resume, and show what is halted now."""
    answer = Executor(environ).order(what, scope)
    _show(answer["halts"], console)
    return answer


def halts(environ: Mapping[str, str], console: Console) -> None:
    """Show what is halted."""
    _show(Executor(environ).halts(), console)


def flatten(
    scope: Mapping[str, str], environ: Mapping[str, str], console: Console, *, patience: float
) -> int:
    """Halt and close; wait until nothing of the scope is held.  Return the exit code."""
    answer = order("flatten", scope, environ, console)
    console.print(f"closing {len(answer['signals'])} books")
    ingest, deadline = Ingest(environ), time.monotonic() + patience
    while held := _held(ingest, scope.get("symbol")):
        if time.monotonic() > deadline:
            console.print(f"[red]still held:[/] {', '.join(held)}")
            return 1
        time.sleep(PAUSE)
    console.print("[green]nothing is held[/]")
    return 0


def _held(ingest: Ingest, symbol: str | None) -> list[str]:
    try:
        positions = ingest.read("/positions")["positions"]
    except UnavailableError as error:
        return [f"unknown ({error})"]
    return [each["symbol"] for each in positions if symbol in (None, each["symbol"])]


def _show(found: list[dict[str, Any]], console: Console) -> None:
    if not found:
        console.print("nothing is halted")
    for halt in found:
        scope = " ".join(part for part in (halt["symbol"], halt["timeframe"]) if part) or "all"
        console.print(f"[yellow]halted[/] {scope}: {halt['reason']} (since {halt['since']})")
