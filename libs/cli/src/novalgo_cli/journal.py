"""`novalgo journal` and `novalgo rebuild`: the events, and the numbers that they make."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from novalgo_cli.client import Analytics
from novalgo_common.errors import SettingsError, UnavailableError


def write_journal(environ: Mapping[str, str], event_type: str | None, out: Path | None) -> None:
    """Write the events as they were journaled, a line each with its position."""
    with _opened(out) as file:
        for line in Analytics(environ).lines("GET", "journal", event_type=event_type):
            file.write(json.dumps(line, separators=(",", ":")) + "\n")


def show_rebuild(environ: Mapping[str, str], console: Console, *, replace: bool) -> int:
    """Rebuild, show the progress and what differs; return 0 where nothing does, else 1."""
    compared = _follow(Analytics(environ).lines("POST", "rebuild", replace=replace), console)
    for difference in compared["first"]:
        console.print(difference["table"], style="bold")
        console.print(f"  kept     {difference['kept']}", markup=False, highlight=False)
        console.print(f"  rebuilt  {difference['rebuilt']}", markup=False, highlight=False)
    said = f"{compared['events']} events, {compared['rows']} rows, {compared['ledgers']} ledgers"
    if compared["different"]:
        console.print(f"{said}: {compared['different']} differ", style="bold red")
        console.print("`novalgo rebuild --replace` keeps what the journal says.")
        return 1
    console.print(f"{said}: equal byte for byte", style="green", highlight=False)
    return 0


def _follow(lines: Iterator[dict[str, Any]], console: Console) -> dict[str, Any]:
    bar = Progress(
        TextColumn("Rebuilding"), BarColumn(), MofNCompleteColumn(), console=console, transient=True
    )
    with bar:
        task = bar.add_task("", total=None)
        for line in lines:
            if "error" in line:
                raise UnavailableError(f"analytics could not rebuild: {line['error']}")
            if "compared" in line:
                compared: dict[str, Any] = line["compared"]
                return compared
            bar.update(task, completed=line["done"], total=line["of"])
    raise UnavailableError("analytics ended before the rebuild did")


@contextmanager
def _opened(out: Path | None) -> Iterator[TextIO]:
    if out is None:
        yield sys.stdout
        return
    try:
        file = out.open("w", encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{out} cannot be written ({error.strerror})") from None
    with file:
        yield file
