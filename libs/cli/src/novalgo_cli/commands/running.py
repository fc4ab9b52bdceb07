"""The system as a whole: run it, show it, look at it, set it up."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from novalgo_cli.on_error import one_line_on_error
from novalgo_cli.screen import screen

# What a command needs is imported when it runs: `novalgo --help` answers at once.
# ruff: noqa: PLC0415

COMMANDS = typer.Typer()


@COMMANDS.command()
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
    with one_line_on_error():
        run_up(names, os.environ, screen())


@COMMANDS.command()
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

    with one_line_on_error():
        raise typer.Exit(run(seed, data_dir, os.environ))


@COMMANDS.command()
def doctor() -> None:
    """Tell what is configured, what answers, and how to mend what does not.

    Exits with 1 where there is a problem.
    """
    from novalgo_cli.doctor.examine import examine

    with one_line_on_error():
        raise typer.Exit(examine(os.environ, screen()))


@COMMANDS.command()
def settings() -> None:
    """Print docs/configuration.md: every setting, its default and its meaning."""
    from novalgo_cli.configuration import configuration

    sys.stdout.write(configuration())


@COMMANDS.command()
def metrics() -> None:
    """Print docs/metrics-prometheus.md: every metric, its labels and its meaning."""
    from novalgo_cli.metrics_page import metrics_page

    sys.stdout.write(metrics_page())


@COMMANDS.command("init")
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

    with one_line_on_error():
        given = Answers(
            alpaca_key_id=alpaca_key_id,
            alpaca_secret_key=_content(alpaca_secret_key_file),
            alpaca_env=alpaca_env,
            alpaca_account=alpaca_account,
            google_credentials=str(google_credentials or ""),
            sheet=sheet,
        )
        init(given, ask if sys.stdin.isatty() else None, settings, os.environ, screen())


def _content(path: Path | None) -> str:
    from novalgo_common.errors import SettingsError

    try:
        return path.read_text(encoding="utf-8").strip() if path is not None else ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read ({type(error).__name__})") from None
