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
    with _one_line_on_error():
        if signal_id:
            show_signal(signal_id, os.environ, Console(), as_json=as_json)
            return
        given = {name: value for name, value in search.items() if value}
        form = "json" if as_json else "csv" if as_csv else "table"
        show_signals(os.environ, Console(), given, limit=limit, form=form)


@app.command()
def replay(
    recording: Annotated[
        Path, typer.Argument(help="What `novalgo signals --json` printed, or messages, one a line.")
    ],
    config: Annotated[Path, typer.Option(help="The Config tab to try, as CSV.")],
    as_json: Annotated[bool, _AS_JSON] = False,
) -> None:
    """Send recorded alerts to the simulator, and show what this configuration would have done.

    Runs by itself, on free ports and a data folder of its own, at the alerts' own prices.
    """
    from novalgo_cli.replay.run import replay as run_replay

    with _one_line_on_error():
        raise typer.Exit(run_replay(recording, config, Console(), as_json=as_json))


@app.command()
def positions(as_json: Annotated[bool, _AS_JSON] = False) -> None:
    """List what the account holds."""
    from novalgo_cli.reading import show_positions

    with _one_line_on_error():
        show_positions(os.environ, Console(), as_json=as_json)


@app.command()
def profit(as_json: Annotated[bool, _AS_JSON] = False) -> None:
    """Show the account, what was earned by symbol and timeframe, and how trades went."""
    from novalgo_cli.client import Analytics
    from novalgo_cli.profit import show_profit

    with _one_line_on_error():
        show_profit(Analytics(os.environ).summary(), Console(), as_json=as_json)


_DAYS = typer.Option(help="The days up to today; else the last day of the exchange.", min=1)


@app.command()
def report(
    days: Annotated[int | None, _DAYS] = None,
    week: Annotated[bool, typer.Option("--week", help="The week to the last close.")] = False,
    out: Annotated[Path, typer.Option(help="The directory to write into.")] = Path("report"),
) -> None:
    """Write a report: one HTML page with its charts inside; PNG and CSV files beside it."""
    from novalgo_cli.report import write_report

    with _one_line_on_error():
        write_report(os.environ, Console(), out, days=days, week=week)


@app.command()
def export(
    table: Annotated[
        str, typer.Argument(help="positions, trades, fills, account, signals or orders")
    ],
    days: Annotated[int | None, _DAYS] = None,
    form: Annotated[str, typer.Option("--format", help="`csv` or `parquet`.")] = "csv",
    out: Annotated[Path | None, typer.Option(help="A file; else the terminal.")] = None,
) -> None:
    """Write a table for another program: times in UTC, amounts exact, no formula ever."""
    from novalgo_cli.report import write_table

    with _one_line_on_error():
        write_table(os.environ, table, form, days=days, out=out)


@app.command()
def journal(
    event_type: Annotated[
        str | None, typer.Option("--type", help="One kind only, such as `fill.recorded.v1`.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="A file; else the terminal.")] = None,
) -> None:
    """Write every event that analytics has journaled, one JSON object a line."""
    from novalgo_cli.journal import write_journal

    with _one_line_on_error():
        write_journal(os.environ, event_type, out)


@app.command()
def rebuild(
    replace: Annotated[
        bool, typer.Option("--replace", help="Keep what was rebuilt, then compare again.")
    ] = False,
) -> None:
    """Derive every number from the journal again, and compare it with what was kept.

    Exits with 0 when all is equal byte for byte, 1 when it is not.
    """
    from novalgo_cli.journal import show_rebuild

    with _one_line_on_error():
        raise typer.Exit(show_rebuild(os.environ, Console(), replace=replace))


alerts = typer.Typer(no_args_is_help=True, help="What you are told, and over which channels.")
app.add_typer(alerts, name="alerts")


@alerts.command("test")
def test_alerts() -> None:
    """Read the rules anew, and send one message over every channel.

    Exits with 0 when the rules can be read and every channel took the message, else 1.
    """
    from novalgo_cli.alerts import show_trial
    from novalgo_cli.client import Analytics

    with _one_line_on_error():
        raise typer.Exit(show_trial(Analytics(os.environ).post("alerts/test"), Console()))


@alerts.callback()
def _alerts() -> None:
    """What you are told, and over which channels."""


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


sheet = typer.Typer(no_args_is_help=True, help="The owner's spreadsheet.")
app.add_typer(sheet, name="sheet")


@sheet.command()
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

    with _one_line_on_error():
        make(columns, tabs, os.environ, Console())


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


_BACKUP = typer.Argument(help="A folder for this backup alone.", metavar="FOLDER")


@app.command()
def backup(folder: Annotated[Path, _BACKUP]) -> None:
    """Copy the stores and the kept secrets into a new folder, while everything runs."""
    from novalgo_cli.backup import backup as take

    with _one_line_on_error():
        take(folder, os.environ, Console())


@app.command()
def restore(folder: Annotated[Path, _BACKUP]) -> None:
    """Put a backup where the settings say, be that SQLite or PostgreSQL, and halt all entries.

    The services must be stopped, and nothing may stand in its place.
    """
    from novalgo_cli.backup import restore as put_back

    with _one_line_on_error():
        put_back(folder, os.environ, Console())


@app.command()
def migrate() -> None:
    """Bring the tables of all services up to date, as each does itself when it starts."""
    from novalgo_cli.backup import migrate as bring_up_to_date

    with _one_line_on_error():
        bring_up_to_date(os.environ, Console())


@app.command("init")
def set_up(
    *,
    alpaca_key_id: Annotated[str, typer.Option(help="Without it Alpaca is simulated.")] = "",
    alpaca_secret_key_file: Annotated[
        Path | None, typer.Option(help="A file with the key's secret.")
    ] = None,
    alpaca_env: Annotated[str, typer.Option(help="paper, or live for real money.")] = "paper",
    alpaca_account: Annotated[str, typer.Option(help="The number of the live account.")] = "",
    google_credentials: Annotated[
        Path | None, typer.Option(help="The service account's JSON file.")
    ] = None,
    sheet: Annotated[
        str, typer.Option(help="The spreadsheet's address or id. Without it it is simulated.")
    ] = "",
    settings: Annotated[Path, typer.Option(help="Where the settings go.")] = Path("novalgo.env"),
) -> None:
    """Set NovAlgo up: ask what is not given, try each answer on the real service, make the tabs.

    Writes the settings with mode 600, prints the message for TradingView, and ends in `doctor`.
    Without a terminal nothing is asked: what is not given is simulated.
    """
    from novalgo_cli.init import Answers, init

    def ask(question: str, hidden: bool) -> str:
        answer: str = typer.prompt(question, default="", hide_input=hidden, show_default=False)
        return answer

    with _one_line_on_error():
        given = Answers(
            alpaca_key_id=alpaca_key_id,
            alpaca_secret_key=_content(alpaca_secret_key_file),
            alpaca_env=alpaca_env,
            alpaca_account=alpaca_account,
            google_credentials=str(google_credentials or ""),
            sheet=sheet,
        )
        init(given, ask if sys.stdin.isatty() else None, settings, os.environ, Console())


def _content(path: Path | None) -> str:
    from novalgo_common.errors import SettingsError

    try:
        return path.read_text(encoding="utf-8").strip() if path is not None else ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read ({type(error).__name__})") from None
