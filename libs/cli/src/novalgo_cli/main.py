"""The `novalgo` command."""

import typer

from novalgo_cli.commands import (
    alerts,
    credentials,
    dead_letters,
    results,
    running,
    sheet,
    signals,
    trading,
    upkeep,
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
for group in (running, signals, results, trading, upkeep):
    app.add_typer(group.COMMANDS)
app.add_typer(alerts.COMMANDS, name="alerts")
app.add_typer(dead_letters.COMMANDS, name="deadletters")
app.add_typer(sheet.COMMANDS, name="sheet")
app.add_typer(credentials.SECRETS, name="secret")
app.add_typer(credentials.KEYS, name="key")


@app.callback()
def novalgo() -> None:
    """NovAlgo turns TradingView alerts into orders at Alpaca, and shows what happened."""
