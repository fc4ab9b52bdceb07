"""`novalgo sheet`: the owner's spreadsheet."""

import os
from typing import Annotated

import typer

from novalgo_cli.on_error import one_line_on_error
from novalgo_cli.screen import screen

# What a command needs is imported when it runs: `novalgo --help` answers at once.
# ruff: noqa: PLC0415

COMMANDS = typer.Typer(no_args_is_help=True, help="The owner's spreadsheet.")


@COMMANDS.command()
def init(
    columns: Annotated[
        str,
        typer.Option(
            help="Columns to have besides: sizing, stop_distance, max_position, allow_short, "
            "session, signal_age, cooldown; or `all`.",
            metavar="NAMES",
        ),
    ] = "",
    tabs: Annotated[
        str,
        typer.Option(
            help="Tabs to have besides: Risk, Positions, Signals, Changes; or `all`.",
            metavar="NAMES",
        ),
    ] = "",
) -> None:
    """Make the Config and Performance tabs. One that holds anything is left as it is.

    Exits with 2 where the spreadsheet cannot be reached.
    """
    from novalgo_cli.sheet.init import init as make

    with one_line_on_error():
        make(columns, tabs, os.environ, screen())


@COMMANDS.callback()
def _sheet() -> None:
    """The owner's spreadsheet."""
