"""The `novalgo` command."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from novalgo_common.errors import NovAlgoError

# What a command needs is imported when it runs: `novalgo --help` answers at once.
# ruff: noqa: PLC0415

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
CANNOT = 2
"""The exit code when a command could not do its work."""


@contextmanager
def _one_line_on_error() -> Iterator[None]:
    try:
        yield
    except NovAlgoError as error:
        sys.stderr.write(f"novalgo: {error}\n")
        raise typer.Exit(CANNOT) from None


@app.callback()
def novalgo() -> None:
    """NovAlgo turns TradingView alerts into orders at Alpaca, and shows what happened."""


@app.command()
def up(
    only: Annotated[
        str,
        typer.Option(
            help="Run some services only, such as `ingest,sheets`. Needs `NOVALGO_AMQP_URL`.",
            metavar="NAMES",
        ),
    ] = "",
) -> None:
    """Run the services, and the simulator in place of what is not configured."""
    from novalgo_cli.services import FOUR
    from novalgo_cli.up import up as run_up

    names = [name.strip() for name in only.split(",") if name.strip()] or list(FOUR)
    with _one_line_on_error():
        run_up(names, os.environ, Console())


@app.command()
def demo(
    seed: Annotated[int, typer.Option(help="Decides the alerts and the prices.")] = 7,
    data_dir: Annotated[
        Path | None,
        typer.Option(help="Keep the data here (an empty directory); else it is thrown away."),
    ] = None,
) -> None:
    """Show a trading day, compressed: the whole system on loopback, with the simulator.

    Exits with 0 only if every signal had its ending and every number agreed with the simulator's
    own account. On a terminal it stays up until Ctrl-C, unless `DEMO_EXIT=1`.
    """
    from novalgo_cli.demo.run import run

    with _one_line_on_error():
        raise typer.Exit(run(seed, data_dir, os.environ))
