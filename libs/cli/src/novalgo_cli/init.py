"""`novalgo init`: from nothing to settings that were tried, and the message for TradingView."""

import asyncio
import os
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from rich.console import Console

from novalgo_cli.doctor.examine import examine
from novalgo_cli.sheet.init import chosen, lay_out
from novalgo_common.clock import utc_now
from novalgo_common.credentials import (
    API_KEY,
    WEBHOOK_SECRET,
    kept_credential,
    write_privately,
)
from novalgo_common.errors import NovAlgoError, SettingsError, UnavailableError
from novalgo_common.settings import Settings
from novalgo_executor.ages import elapsed
from novalgo_executor.alpaca import AlpacaBroker
from novalgo_executor.metrics import Metrics
from novalgo_executor.settings import Settings as ExecutorSettings
from novalgo_sheets.settings import Settings as SheetsSettings
from novalgo_sheets.sheet import SheetAwayError

Environ: TypeAlias = dict[str, str]
Ask: TypeAlias = Callable[[str, bool], str]
"""Asks a person, who may answer nothing; the second argument says whether the answer is hidden."""

_SHEET_ADDRESS = re.compile(r"/spreadsheets/d/([A-Za-z0-9_-]+)")
_MESSAGE = """\
{{
  "action": "{{{{strategy.order.action}}}}",
  "market_position": "{{{{strategy.market_position}}}}",
  "symbol": "{{{{ticker}}}}",
  "timeframe": "{{{{interval}}}}",
  "time": "{{{{timenow}}}}",
  "bar_time": "{{{{time}}}}",
  "price": "{{{{strategy.order.price}}}}",
  "comment": "{{{{strategy.order.comment}}}}",
  "secret": "{secret}"
}}"""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What was said on the command line; empty is not said."""

    alpaca_key_id: str = ""
    alpaca_secret_key: str = ""
    alpaca_env: str = ""
    alpaca_account: str = ""
    google_credentials: str = ""
    sheet: str = ""


def init(
    given: Answers, ask: Ask | None, to: Path, environ: Mapping[str, str], console: Console
) -> None:
    """Try every answer on the real service, write the settings to `to`, and examine them.

    Without `ask` what is not given is simulated, and an answer that is wrong raises; with it the
    question comes again.  Nothing is written before everything was tried.
    """
    if to.exists():
        raise SettingsError(f"{to} is there already: move it away, or name another with --settings")
    data_dir = Settings.from_env(environ).data_dir.absolute()
    made = {
        **_tried(_alpaca, _try_alpaca, given, ask, environ=environ, console=console),
        **_tried(_google, _try_google, given, ask, environ=environ, console=console),
    }
    secret, _ = kept_credential(data_dir, WEBHOOK_SECRET)
    kept_credential(data_dir, API_KEY)
    written = {"NOVALGO_DATA_DIR": str(data_dir), **_secrets_in_files(made, data_dir)}
    _write(to, written)
    console.print(f"\nThe settings are in {to}. Start with them:\n", soft_wrap=True)
    console.print(
        f"  set -a; . {shlex.quote(str(to.absolute()))}; set +a; novalgo up\n",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    console.print("The message for a strategy's alert (docs/tradingview.md has the others):\n")
    console.print(_MESSAGE.format(secret=secret), markup=False, highlight=False, soft_wrap=True)
    console.print("\nWhat there is now:\n")
    examine({**environ, **written}, console)


def _tried(
    question: Callable[[Answers, Ask | None], Environ],
    attempt: Callable[[Mapping[str, str]], str],
    given: Answers,
    ask: Ask | None,
    *,
    environ: Mapping[str, str],
    console: Console,
) -> Environ:
    """Return settings that the service has accepted."""
    while True:
        answered = question(given, ask)
        try:
            console.print(f"✓ {attempt({**environ, **answered})}", markup=False, soft_wrap=True)
            return answered
        except NovAlgoError as error:
            if ask is None:
                raise
            console.print(f"✗ {error}", markup=False, soft_wrap=True)
            given = Answers()  # what was given is wrong: ask for all of it


def _alpaca(given: Answers, ask: Ask | None) -> Environ:
    key_id = given.alpaca_key_id or _asked(ask, "Alpaca's key id (nothing: the simulator)")
    if not key_id:
        return {}
    found = {
        "NOVALGO_ALPACA_KEY_ID": key_id,
        "NOVALGO_ALPACA_SECRET_KEY": given.alpaca_secret_key
        or _asked(ask, "Alpaca's secret key", hidden=True),
        "NOVALGO_ALPACA_ENV": given.alpaca_env or "paper",
    }
    if found["NOVALGO_ALPACA_ENV"] == "live":
        account = given.alpaca_account or _asked(ask, "The number of the live account")
        found["NOVALGO_ALPACA_ACCOUNT"] = account
    return found


def _google(given: Answers, ask: Ask | None) -> Environ:
    sheet = given.sheet or _asked(ask, "The spreadsheet's address (nothing: a simulated sheet)")
    if not sheet:
        return {}
    found = _SHEET_ADDRESS.search(sheet)
    credentials = given.google_credentials or _asked(ask, "The service account's JSON file")
    return {
        "NOVALGO_SHEET_ID": found[1] if found else sheet,
        "NOVALGO_GOOGLE_CREDENTIALS": str(Path(credentials).absolute()) if credentials else "",
    }


def _asked(ask: Ask | None, question: str, *, hidden: bool = False) -> str:
    return ask(question, hidden).strip() if ask is not None else ""


def _try_alpaca(environ: Mapping[str, str]) -> str:
    settings = ExecutorSettings.from_env(environ)
    if settings.is_simulated:
        return "Alpaca is simulated"

    async def look() -> str:
        async with AlpacaBroker.connect(
            settings, utc_now, elapsed, lambda: False, Metrics()
        ) as broker:
            account = await broker.account()
        if settings.alpaca_account not in (None, account.account_number):
            raise SettingsError(
                "NOVALGO_ALPACA_ACCOUNT: the keys belong to the account "
                f"{account.account_number}, not to {settings.alpaca_account}"
            )
        kind = settings.alpaca_env
        return f"Alpaca {kind}: account {account.account_number}, equity ${account.equity:,.2f}"

    return asyncio.run(look())


def _try_google(environ: Mapping[str, str]) -> str:
    settings = SheetsSettings.from_env(environ)
    if settings.google_credentials is None:
        return "the sheet is simulated"
    try:
        made = asyncio.run(lay_out(settings, chosen()))
    except SheetAwayError as error:
        raise UnavailableError(str(error)) from None
    return f"the spreadsheet answers; made: {', '.join(made) or 'nothing, its tabs are there'}"


def _secrets_in_files(found: Environ, data_dir: Path) -> Environ:
    """Move what is secret into files of their own, readable by their owner alone."""
    moved = {}
    for name, value in found.items():
        if name in ("NOVALGO_ALPACA_KEY_ID", "NOVALGO_ALPACA_SECRET_KEY"):
            path = data_dir / name.removeprefix("NOVALGO_").lower()
            write_privately(path, value + "\n").replace(path)
            moved[f"{name}_FILE"] = str(path)
        else:
            moved[name] = value
    return moved


def _write(to: Path, settings: Environ) -> None:
    lines = [f"{name}={shlex.quote(value)}\n" for name, value in settings.items()]
    try:
        descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise SettingsError(f"{to} cannot be written ({error.strerror})") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("# Made by `novalgo init`; docs/configuration.md lists what else there is.\n")
        file.writelines(lines)
