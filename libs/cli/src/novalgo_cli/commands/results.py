"""What came of it: positions, profit, reports, the journal."""

import os
from pathlib import Path
from typing import Annotated

import typer

from novalgo_cli.on_error import one_line_on_error
from novalgo_cli.screen import screen

# What a command needs is imported when it runs: `novalgo --help` answers at once.
# ruff: noqa: PLC0415

COMMANDS = typer.Typer()

_AS_JSON = typer.Option("--json", help="Print JSON, for other programs.")


@COMMANDS.command()
def positions(as_json: Annotated[bool, _AS_JSON] = False) -> None:
    """List what the account holds."""
    from novalgo_cli.reading import show_positions

    with one_line_on_error():
        show_positions(os.environ, screen(), as_json=as_json)


@COMMANDS.command()
def profit(as_json: Annotated[bool, _AS_JSON] = False) -> None:
    """Show the account, what was earned by symbol and timeframe, and how trades went."""
    from novalgo_cli.client import Analytics
    from novalgo_cli.profit import show_profit

    with one_line_on_error():
        show_profit(Analytics(os.environ).summary(), screen(), as_json=as_json)


_DAYS = typer.Option(help="The days up to today; else the last day of the exchange.", min=1)


@COMMANDS.command()
def report(
    days: Annotated[int | None, _DAYS] = None,
    week: Annotated[bool, typer.Option("--week", help="The week to the last close.")] = False,
    out: Annotated[Path, typer.Option(help="The directory to write into.")] = Path("report"),
) -> None:
    """Write a report: one HTML page with its charts inside; PNG and CSV files beside it."""
    from novalgo_cli.report import write_report

    with one_line_on_error():
        write_report(os.environ, screen(), out, days=days, week=week)


@COMMANDS.command()
def export(
    table: Annotated[
        str, typer.Argument(help="positions, trades, fills, account, cash, signals or orders")
    ],
    days: Annotated[int | None, _DAYS] = None,
    form: Annotated[str, typer.Option("--format", help="`csv` or `parquet`.")] = "csv",
    out: Annotated[Path | None, typer.Option(help="A file; else the terminal.")] = None,
) -> None:
    """Write a table for another program: times in UTC, amounts exact, no formula ever."""
    from novalgo_cli.report import write_table

    with one_line_on_error():
        write_table(os.environ, table, form, days=days, out=out)


@COMMANDS.command()
def journal(
    event_type: Annotated[
        str | None, typer.Option("--type", help="One kind only, such as `fill.recorded.v1`.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="A file; else the terminal.")] = None,
) -> None:
    """Write every event that analytics has journaled, one JSON object a line."""
    from novalgo_cli.journal import write_journal

    with one_line_on_error():
        write_journal(os.environ, event_type, out)


@COMMANDS.command()
def rebuild(
    replace: Annotated[
        bool, typer.Option("--replace", help="Keep what was rebuilt, then compare again.")
    ] = False,
) -> None:
    """Derive every number from the journal again, and compare it with what was kept.

    Exits with 0 when all is equal byte for byte, 1 when it is not.
    """
    from novalgo_cli.journal import show_rebuild

    with one_line_on_error():
        raise typer.Exit(show_rebuild(os.environ, screen(), replace=replace))
