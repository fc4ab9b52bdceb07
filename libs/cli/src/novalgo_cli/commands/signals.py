"""Alerts and their signals: send, foresee, look up, play again."""

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
def preview(
    message: Annotated[str, typer.Argument(help="A file that holds the message; `-`: the input.")],
    as_json: Annotated[bool, _AS_JSON] = False,
) -> None:
    """Tell what an alert would become and what executor would do now, and do nothing.

    Exits with 0 when it would be accepted, 1 when not, 2 when ingest cannot be reached.
    """
    from novalgo_cli.preview import preview as show_preview
    from novalgo_cli.preview import read_message

    with one_line_on_error():
        code = show_preview(read_message(message), os.environ, screen(), as_json=as_json)
        raise typer.Exit(code)


@COMMANDS.command()
def signals(
    signal_id: Annotated[str, typer.Argument(help="Show this one's receipt.")] = "",
    *,
    symbol: Annotated[str, typer.Option(help="Of this symbol only.")] = "",
    timeframe: Annotated[str, typer.Option(help="Of this timeframe only.")] = "",
    action: Annotated[str, typer.Option(help="`BUY`, `SELL` or `CLOSE` only.")] = "",
    ending: Annotated[str, typer.Option(help="Ended so only; `none`: still under way.")] = "",
    since: Annotated[str, typer.Option(help="Received from then on: ISO 8601 with a zone.")] = "",
    until: Annotated[str, typer.Option(help="Received before then.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 20,
    as_json: Annotated[bool, _AS_JSON] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, for a spreadsheet.")] = False,
) -> None:
    """List the newest signals with their endings, or show one with its receipt."""
    from novalgo_cli.reading import show_signal, show_signals

    search = {
        "symbol": symbol,
        "timeframe": timeframe,
        "action": action,
        "ending": ending,
        "since": since,
        "until": until,
    }
    with one_line_on_error():
        if signal_id:
            show_signal(signal_id, os.environ, screen(), as_json=as_json)
            return
        given = {name: value for name, value in search.items() if value}
        form = "json" if as_json else "csv" if as_csv else "table"
        show_signals(os.environ, screen(), given, limit=limit, form=form)


@COMMANDS.command()
def replay(
    recording: Annotated[
        Path, typer.Argument(help="What `novalgo signals` printed (--json, --csv), or messages.")
    ],
    config: Annotated[Path, typer.Option(help="The Config tab to try, as CSV.")],
    as_json: Annotated[bool, _AS_JSON] = False,
) -> None:
    """Send recorded alerts to the simulator, and show what this configuration would have done.

    Runs by itself, on free ports and a data folder of its own, at the alerts' own prices.
    """
    from novalgo_cli.replay.run import replay as run_replay

    with one_line_on_error():
        raise typer.Exit(run_replay(recording, config, screen(), as_json=as_json))


@COMMANDS.command()
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
    with one_line_on_error():
        patience = timeout if wait else 0
        raise typer.Exit(send(fields, os.environ, screen(), patience=patience))
