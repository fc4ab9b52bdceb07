"""What a person orders: halt, resume, flatten."""

import os
from typing import Annotated

import typer

from novalgo_cli.on_error import one_line_on_error
from novalgo_cli.screen import screen

# What a command needs is imported when it runs: `novalgo --help` answers at once.
# ruff: noqa: PLC0415

COMMANDS = typer.Typer()

_SYMBOL = typer.Argument(help="A symbol only, such as AAPL; else everything.")
_TIMEFRAME = typer.Argument(help="One of its timeframes only, such as '15 Min'.")


def _scope(symbol: str, timeframe: str) -> dict[str, str]:
    scope = {"symbol": symbol, "timeframe": timeframe}
    return {name: value for name, value in scope.items() if value}


@COMMANDS.command()
def halt(
    symbol: Annotated[str, _SYMBOL] = "",
    timeframe: Annotated[str, _TIMEFRAME] = "",
    reason: Annotated[str, typer.Option(help="For the journal.")] = "ordered by a person",
) -> None:
    """Stop entries at once, those that wait included, until `resume`. Exits go on."""
    from novalgo_cli.control import order

    with one_line_on_error():
        order("halt", {**_scope(symbol, timeframe), "reason": reason}, os.environ, screen())


@COMMANDS.command()
def resume(
    symbol: Annotated[str, _SYMBOL] = "", timeframe: Annotated[str, _TIMEFRAME] = ""
) -> None:
    """Lift the halt of exactly this scope."""
    from novalgo_cli.control import order

    with one_line_on_error():
        order("resume", _scope(symbol, timeframe), os.environ, screen())


@COMMANDS.command()
def halts() -> None:
    """List what is halted, why, and since when."""
    from novalgo_cli.control import halts as show_halts

    with one_line_on_error():
        show_halts(os.environ, screen())


@COMMANDS.command()
def flatten(
    symbol: Annotated[str, _SYMBOL] = "",
    timeframe: Annotated[str, _TIMEFRAME] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    timeout: Annotated[float, typer.Option(help="Seconds to wait.", min=0)] = 60,
) -> None:
    """Halt, and close every book: cancels their open orders and sells or buys back what they hold.

    Exits with 0 once nothing is held, 1 when something still is after the time to wait.
    """
    from novalgo_cli.control import flatten as close_all

    what = " ".join(part for part in (symbol, timeframe) if part) or "everything"
    if not yes:
        typer.confirm(f"Halt and close {what} at the market?", abort=True)
    with one_line_on_error():
        scope = _scope(symbol, timeframe)
        raise typer.Exit(close_all(scope, os.environ, screen(), patience=timeout))
