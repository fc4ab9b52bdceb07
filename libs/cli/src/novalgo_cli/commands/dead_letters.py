"""`novalgo deadletters`: messages that could not be handled."""

import os
from typing import Annotated

import typer

from novalgo_cli.on_error import one_line_on_error
from novalgo_cli.screen import screen

# What a command needs is imported when it runs: `novalgo --help` answers at once.
# ruff: noqa: PLC0415

COMMANDS = typer.Typer(
    no_args_is_help=True, help="Messages that could not be handled: list them, and try again."
)


@COMMANDS.command("list")
def list_letters(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, for other programs.")
    ] = False,
) -> None:
    """List what could not be handled, the oldest first, with what it was and why it died.

    Exits with 0, also where there are some; 2 when analytics cannot be reached.
    """
    from novalgo_cli.dead_letters import listed, show

    with one_line_on_error():
        letters = listed(os.environ)
        if as_json:
            screen().print_json(data={"dead_letters": letters})
        else:
            show(letters, screen())


@COMMANDS.command()
def replay(
    letter: Annotated[str, typer.Argument(help="Its name, or enough of its first digits.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Hand one to its queue again, once what it died of is mended.

    Exits with 0 when the queue has taken it, 1 when it died again, 2 when it could not be tried.
    """
    from novalgo_cli.dead_letters import chosen, listed, what
    from novalgo_cli.dead_letters import replay as put_back

    with one_line_on_error():
        found = chosen(listed(os.environ), letter)
        if not yes:
            screen().print(f"{what(found)}\n{found['consequence']}", markup=False)
            typer.confirm("Replay it?", abort=True)
        raise typer.Exit(put_back(found, os.environ, screen()))
