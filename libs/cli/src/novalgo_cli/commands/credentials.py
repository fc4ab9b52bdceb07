"""`novalgo secret` and `novalgo key`: the credentials in the data folder.

They work on the files, and the running services notice within a moment.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from novalgo_cli.on_error import one_line_on_error
from novalgo_cli.screen import screen
from novalgo_common.clock import utc_now
from novalgo_common.credentials import API_KEY, WEBHOOK_SECRET, KeyScope
from novalgo_common.errors import SettingsError
from novalgo_common.keyring import FIRST, Keyring
from novalgo_common.settings import Settings

SECRETS = typer.Typer(no_args_is_help=True, help="The secrets that alerts carry.")
KEYS = typer.Typer(no_args_is_help=True, help="The API keys.")

_NAME = typer.Argument(help="Its name, such as that of a strategy.")
_OF = typer.Argument(help=f"Which one; without a name `{FIRST}`, the one in the data folder.")
_SCOPE = typer.Option(help="`control` may also halt and flatten.")
_DAYS = typer.Option(min=0, help="Days until it expires; 0: never.")
_OVERLAP = typer.Option(min=0, help="Hours that the old one is accepted beside the new one.")
A_WEEK = 168.0


@SECRETS.command("list")
def list_secrets() -> None:
    """List the names and expiries; the secrets themselves are known as hashes alone."""
    with one_line_on_error():
        _show(_ring(WEBHOOK_SECRET), with_scopes=False)


@SECRETS.command("add")
def add_secret(name: Annotated[str, _NAME], days: Annotated[float, _DAYS] = 0) -> None:
    """Add a secret of its own for a strategy, and print it, once."""
    with one_line_on_error():
        typer.echo(_ring(WEBHOOK_SECRET).add(name, KeyScope.CONTROL, _expiry(days)))


@SECRETS.command("rotate")
def rotate_secret(
    name: Annotated[str, _OF] = FIRST, overlap: Annotated[float, _OVERLAP] = A_WEEK
) -> None:
    """Replace a secret and print the new one; put it into your alerts while both are accepted."""
    with one_line_on_error():
        typer.echo(_ring(WEBHOOK_SECRET).rotate(name, utc_now(), timedelta(hours=overlap)))


@SECRETS.command("revoke")
def revoke_secret(name: Annotated[str, _NAME]) -> None:
    """Accept a secret no longer, from now on."""
    with one_line_on_error():
        _ring(WEBHOOK_SECRET).revoke(name)


@KEYS.command("list")
def list_keys() -> None:
    """List the names, scopes and expiries."""
    with one_line_on_error():
        _show(_ring(API_KEY), with_scopes=True)


@KEYS.command("add")
def add_key(
    name: Annotated[str, _NAME],
    scope: Annotated[
        KeyScope, typer.Option(help="`control` may also halt and flatten.")
    ] = KeyScope.READ,
    days: Annotated[float, _DAYS] = 0,
) -> None:
    """Add an API key, and print it, once."""
    with one_line_on_error():
        typer.echo(_ring(API_KEY).add(name, scope, _expiry(days)))


@KEYS.command("rotate")
def rotate_key(name: Annotated[str, _OF] = FIRST, overlap: Annotated[float, _OVERLAP] = 0) -> None:
    """Replace an API key and print the new one."""
    with one_line_on_error():
        typer.echo(_ring(API_KEY).rotate(name, utc_now(), timedelta(hours=overlap)))


@KEYS.command("revoke")
def revoke_key(name: Annotated[str, _NAME]) -> None:
    """Accept an API key no longer, from now on."""
    with one_line_on_error():
        _ring(API_KEY).revoke(name)


def _ring(kind: str) -> Keyring:
    settings = Settings.from_env(os.environ)
    setting = f"NOVALGO_{kind.upper()}S"
    if os.environ.get(setting) or os.environ.get(f"{setting}_FILE"):
        raise SettingsError(
            f"{setting} is set, so nothing else is accepted: add the new one there, and take the "
            "old one out once nobody sends it"
        )
    return Keyring(Path(settings.data_dir), kind)


def _expiry(days: float) -> datetime | None:
    return utc_now() + timedelta(days=days) if days else None


def _show(ring: Keyring, *, with_scopes: bool) -> None:
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("name", *(["scope"] if with_scopes else []), "accepted"):
        table.add_column(name)
    now = utc_now()
    for own in ring.read():
        until = f"until {own.expires_at:%Y-%m-%d %H:%M} UTC" if own.expires_at else "always"
        state = until if own.is_valid(now) else "expired"
        table.add_row(own.name, *([str(own.scope)] if with_scopes else []), state)
    screen().print(table)
