"""`novalgo backup`, `restore` and `migrate`: the stores of the four services, and their secrets."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from shutil import copyfile
from uuid import uuid4

from rich.console import Console

from novalgo_common.clock import utc_now
from novalgo_common.credentials import API_KEY, WEBHOOK_SECRET
from novalgo_common.errors import SettingsError
from novalgo_common.migrate import migrate as migrate_tables
from novalgo_common.settings import Settings
from novalgo_common.store import Database
from novalgo_common.store.archive import load, save
from novalgo_executor.halts import Halt, Scope
from novalgo_executor.store import Store

SERVICES = ("ingest", "executor", "sheets", "analytics")
"""In the order of the events: what one has published, the copies of those after it hold."""
KEPT = tuple(
    f"{name}{ending}" for name in (WEBHOOK_SECRET, API_KEY) for ending in ("", ".ring.json")
)
CONTENTS = "backup.json"
REPUBLISHED = timedelta(hours=1)
"""How long before the backup events are published again: on RabbitMQ some lay in its queues then,
which are in no backup."""


def backup(folder: Path, environ: Mapping[str, str], console: Console) -> None:
    """Write a backup into an empty folder; raise `SettingsError` where that cannot be."""
    settings = Settings.from_env(environ)
    _make(folder)
    made_at = utc_now()
    for service in SERVICES:
        save(settings, service, folder / f"{service}.sqlite")
        console.print(f"{service:<10} {_size(folder / f'{service}.sqlite')}")
    for name in KEPT:
        if (settings.data_dir / name).exists():
            _copy_privately(settings.data_dir / name, folder / name)
            console.print(f"{name}")
    files = {path.name: _digest(path) for path in sorted(folder.iterdir())}
    contents = {"made_at": made_at.isoformat(), "files": files}
    (folder / CONTENTS).write_text(json.dumps(contents, indent=1) + "\n", encoding="utf-8")
    console.print(f"\nThe backup is in {folder}. It holds secrets: keep it as you keep those.")


def restore(folder: Path, environ: Mapping[str, str], console: Console) -> None:
    """Put a backup where the settings say, and halt all entries.

    Raises `SettingsError` where the backup is damaged, or something stands in its place.
    """
    settings = Settings.from_env(environ)
    made_at = _checked(folder)
    for service in SERVICES:
        source = folder / f"{service}.sqlite"
        load(settings, service, source, republish_since=made_at - REPUBLISHED)
        console.print(f"{service:<10} {_size(source)}")
    for name in KEPT:
        if (folder / name).exists() and not (settings.data_dir / name).exists():
            _copy_privately(folder / name, settings.data_dir / name)
    asyncio.run(_halt(settings, made_at))
    console.print(
        f"\nRestored as of {made_at:%Y-%m-%d %H:%M:%S} UTC. Entries are halted: what was traded "
        "since\nis not in these stores. Start it, compare `novalgo positions` with Alpaca, then\n"
        "`novalgo resume`."
    )


def migrate(environ: Mapping[str, str], console: Console) -> None:
    """Bring all tables up to date; raise `SettingsError` or `TakenError` where that cannot be."""
    settings = Settings.from_env(environ)
    for service in SERVICES:
        migrate_tables(settings, service)
        console.print(f"{service:<10} up to date")


async def _halt(settings: Settings, made_at: datetime) -> None:
    async with Database.open(settings, "executor") as database:
        reason = f"restored from a backup of {made_at:%Y-%m-%d %H:%M} UTC"
        await Store(database, utc_now).halt(Halt(Scope(), reason, utc_now()), uuid4())


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(folder.iterdir()):
            raise SettingsError(f"{folder} is not empty: name a new folder for each backup")
    except OSError as error:
        raise SettingsError(f"{folder} cannot be written ({error.strerror})") from None


def _checked(folder: Path) -> datetime:
    try:
        contents = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))
        made_at = datetime.fromisoformat(contents["made_at"])
        damaged = list(_damaged(folder, contents["files"]))
    except (OSError, ValueError, KeyError) as error:
        raise SettingsError(f"{folder} holds no whole backup ({type(error).__name__})") from None
    if damaged:
        raise SettingsError(f"{folder} is damaged: {damaged[0]} is not as it was written")
    return made_at


def _damaged(folder: Path, files: Mapping[str, str]) -> Iterator[str]:
    for name, digest in files.items():
        if not (folder / name).is_file() or _digest(folder / name) != digest:
            yield name


def _copy_privately(source: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    to.touch(mode=0o600)
    copyfile(source, to)


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1024:,.0f} KiB"
