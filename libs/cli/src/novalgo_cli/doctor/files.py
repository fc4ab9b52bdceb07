"""The data directory and the files that hold secrets: writable, and nobody else's to read."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from novalgo_cli.doctor.finding import Finding
from novalgo_cli.settings_classes import known_names
from novalgo_common.credentials import API_KEY, WEBHOOK_SECRET
from novalgo_common.settings import Settings

CREDENTIALS = "NOVALGO_GOOGLE_CREDENTIALS"
"""Google's JSON, or the path of a file that holds it."""
_OTHERS, _EVERYBODY = 0o077, 0o007


def files(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what was found about each."""
    yield _data_dir(settings.data_dir)
    yield _dead_letters(settings.data_dir / "dead_letters.jsonl")
    for name in (WEBHOOK_SECRET, API_KEY):
        path = settings.data_dir / name
        if path.exists():
            yield _mode(name.replace("_", " "), path, _OTHERS)
    for name in sorted(known_names() & environ.keys()):
        # A mounted secret often belongs to a group of its own, which may read it.
        if _names_a_file(name, environ[name]):
            yield _mode(name, Path(environ[name]), _EVERYBODY)


def _data_dir(path: Path) -> Finding:
    if path.is_dir():
        if os.access(path, os.W_OK | os.X_OK):
            return Finding("data", f"{path} is writable")
        return Finding("data", f"{path} is not writable", f"give this user the right: chown {path}")
    if path.exists():
        return Finding("data", f"{path} is no directory", "set NOVALGO_DATA_DIR to another path")
    above = next(parent for parent in path.absolute().parents if parent.exists())
    if os.access(above, os.W_OK | os.X_OK):
        return Finding("data", f"{path} is made at the first start")
    return Finding("data", f"{path} cannot be made", "set NOVALGO_DATA_DIR to a writable path")


def _dead_letters(path: Path) -> Finding:
    count = len(path.read_bytes().splitlines()) if path.exists() else 0
    if not count:
        return Finding("dead letters", "none")
    return Finding("dead letters", f"{count} in {path}", "see `novalgo deadletters list`")


def _names_a_file(name: str, value: str) -> bool:
    may = name.endswith("_FILE") or (name == CREDENTIALS and not value.lstrip().startswith("{"))
    return may and Path(value).is_file()


def _mode(subject: str, path: Path, too_much: int) -> Finding:
    mode = path.stat().st_mode & 0o777
    if mode & too_much:
        return Finding(
            subject, f"{path} has mode {mode:o}: others may read it", f"chmod 600 {path}"
        )
    return Finding(subject, f"in {path}, mode {mode:o}")
