"""The stores: back up, restore, migrate."""

import os
from pathlib import Path
from typing import Annotated

import typer

from novalgo_cli.on_error import one_line_on_error
from novalgo_cli.screen import screen

# What a command needs is imported when it runs: `novalgo --help` answers at once.
# ruff: noqa: PLC0415

COMMANDS = typer.Typer()

_BACKUP = typer.Argument(help="A folder for this backup alone.", metavar="FOLDER")


@COMMANDS.command()
def backup(folder: Annotated[Path, _BACKUP]) -> None:
    """Copy the stores and the kept secrets into a new folder, while everything runs."""
    from novalgo_cli.backup import backup as take

    with one_line_on_error():
        take(folder, os.environ, screen())


@COMMANDS.command()
def restore(folder: Annotated[Path, _BACKUP]) -> None:
    """Put a backup where the settings say, be that SQLite or PostgreSQL, and halt all entries.

    The services must be stopped, and nothing may stand in its place.
    """
    from novalgo_cli.backup import restore as put_back

    with one_line_on_error():
        put_back(folder, os.environ, screen())


@COMMANDS.command()
def migrate() -> None:
    """Bring the tables of all services up to date, as each does itself when it starts."""
    from novalgo_cli.backup import migrate as bring_up_to_date

    with one_line_on_error():
        bring_up_to_date(os.environ, screen())
