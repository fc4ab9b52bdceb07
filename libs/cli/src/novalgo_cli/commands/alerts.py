"""`novalgo alerts`: what the owner is told."""

import os

import typer

from novalgo_cli.on_error import one_line_on_error
from novalgo_cli.screen import screen

# What a command needs is imported when it runs: `novalgo --help` answers at once.
# ruff: noqa: PLC0415

COMMANDS = typer.Typer(no_args_is_help=True, help="What you are told, and over which channels.")


@COMMANDS.command("test")
def test_alerts() -> None:
    """Read the rules anew, and send one message over every channel.

    Exits with 0 when the rules can be read and every channel took the message, else 1.
    """
    from novalgo_cli.alerts import show_trial
    from novalgo_cli.client import Analytics

    with one_line_on_error():
        raise typer.Exit(show_trial(Analytics(os.environ).post("alerts/test"), screen()))


@COMMANDS.callback()
def _alerts() -> None:
    """What you are told, and over which channels."""
