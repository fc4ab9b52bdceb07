"""The `novalgo` command."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from novalgo_cli.credentials import KEYS, SECRETS
from novalgo_cli.on_error import one_line_on_error as _one_line_on_error

# What a command needs is imported when it runs: `novalgo --help` answers at once.
# ruff: noqa: PLC0415

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
app.add_typer(SECRETS, name="secret")
app.add_typer(KEYS, name="key")


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


@app.command()
def signal(
    action: Annotated[str, typer.Argument(help="BUY, SELL or CLOSE")],
    symbol: Annotated[str, typer.Argument(help="Such as AAPL")],
    timeframe: Annotated[str, typer.Argument(help="Such as '15 Min'")],
    *,
    price: Annotated[str, typer.Option(help="The alert's own price.")] = "",
    time: Annotated[str, typer.Option(help="When it fired: ISO 8601, or `now`.")] = "now",
    name: Annotated[str, typer.Option("--id", help="Makes a resend a duplicate.")] = "",
    comment: Annotated[str, typer.Option(help="For your own records.")] = "",
    wait: Annotated[bool, typer.Option(help="Wait for the ending and show the receipt.")] = True,
    timeout: Annotated[float, typer.Option(help="Seconds to wait.", min=0)] = 30,
) -> None:
    """Send one alert to the running ingest.

    Exits with 0 when it was taken, 1 when it was refused, 2 when ingest cannot be reached.
    """
    from novalgo_cli.signal import signal as send
    from novalgo_cli.signal import time_of

    fields = {
        "action": action,
        "symbol": symbol,
        "timeframe": timeframe,
        "price": price,
        "time": time_of(time),
        "id": name,
        "comment": comment,
    }
    with _one_line_on_error():
        patience = timeout if wait else 0
        raise typer.Exit(send(fields, os.environ, Console(), patience=patience))


_AS_JSON = typer.Option("--json", help="Print JSON, for other programs.")


@app.command()
def preview(
    message: Annotated[str, typer.Argument(help="A file that holds the message; `-`: the input.")],
    as_json: Annotated[bool, _AS_JSON] = False,
) -> None:
    """Tell what an alert would become and what executor would do now, and do nothing.

    Exits with 0 when it would be accepted, 1 when not, 2 when ingest cannot be reached.
    """
    from novalgo_cli.preview import preview as show_preview
    from novalgo_cli.preview import read_message

    with _one_line_on_error():
        code = show_preview(read_message(message), os.environ, Console(), as_json=as_json)
        raise typer.Exit(code)


@app.command()
def signals(
    signal_id: Annotated[str, typer.Argument(help="Show this one's receipt.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many, newest first.")] = 20,
    as_json: Annotated[bool, _AS_JSON] = False,
) -> None:
    """List the newest signals with their endings, or show one with its receipt."""
    from novalgo_cli.reading import show_signal, show_signals

    with _one_line_on_error():
        if signal_id:
            show_signal(signal_id, os.environ, Console(), as_json=as_json)
        else:
            show_signals(os.environ, Console(), limit=limit, as_json=as_json)


@app.command()
def positions(as_json: Annotated[bool, _AS_JSON] = False) -> None:
    """List what the account holds."""
    from novalgo_cli.reading import show_positions

    with _one_line_on_error():
        show_positions(os.environ, Console(), as_json=as_json)


@app.command()
def profit(as_json: Annotated[bool, _AS_JSON] = False) -> None:
    """Show what was earned, by symbol and by timeframe, and the account."""
    from novalgo_cli.client import read_summary
    from novalgo_cli.profit import show_profit

    with _one_line_on_error():
        show_profit(read_summary(os.environ), Console(), as_json=as_json)


_SYMBOL = typer.Argument(help="A symbol only, such as AAPL; else everything.")
_TIMEFRAME = typer.Argument(help="One of its timeframes only, such as '15 Min'.")


def _scope(symbol: str, timeframe: str) -> dict[str, str]:
    scope = {"symbol": symbol, "timeframe": timeframe}
    return {name: value for name, value in scope.items() if value}


@app.command()
def halt(
    symbol: Annotated[str, _SYMBOL] = "",
    timeframe: Annotated[str, _TIMEFRAME] = "",
    reason: Annotated[str, typer.Option(help="For the journal.")] = "ordered by a person",
) -> None:
    """Stop entries at once, those that wait included, until `resume`. Exits go on."""
    from novalgo_cli.control import order

    with _one_line_on_error():
        order("halt", {**_scope(symbol, timeframe), "reason": reason}, os.environ, Console())


@app.command()
def resume(
    symbol: Annotated[str, _SYMBOL] = "", timeframe: Annotated[str, _TIMEFRAME] = ""
) -> None:
    """Lift the halt of exactly this scope."""
    from novalgo_cli.control import order

    with _one_line_on_error():
        order("resume", _scope(symbol, timeframe), os.environ, Console())


@app.command()
def halts() -> None:
    """List what is halted, why, and since when."""
    from novalgo_cli.control import halts as show_halts

    with _one_line_on_error():
        show_halts(os.environ, Console())


@app.command()
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
    with _one_line_on_error():
        scope = _scope(symbol, timeframe)
        raise typer.Exit(close_all(scope, os.environ, Console(), patience=timeout))


@app.command()
def doctor() -> None:
    """Tell what is configured, what answers, and how to mend what does not.

    Exits with 1 where there is a problem.
    """
    from novalgo_cli.doctor.examine import examine

    with _one_line_on_error():
        raise typer.Exit(examine(os.environ, Console()))


@app.command()
def settings() -> None:
    """Print docs/configuration.md: every setting, its default and its meaning."""
    from novalgo_cli.configuration import configuration

    sys.stdout.write(configuration())


@app.command()
def metrics() -> None:
    """Print docs/metrics-prometheus.md: every metric, its labels and its meaning."""
    from novalgo_cli.metrics_page import metrics_page

    sys.stdout.write(metrics_page())
