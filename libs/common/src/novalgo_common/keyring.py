"""The credentials that are kept in the data folder: the first one, and the ring of named ones."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from pydantic import SecretStr

from novalgo_common.clock import Clock, utc_now
from novalgo_common.credentials import (
    Credential,
    Credentials,
    KeyScope,
    digest_of,
    kept_credential,
    new_secret,
    write_privately,
)
from novalgo_common.errors import SettingsError

log = structlog.get_logger()

FIRST = "first"
"""What the one in the plain file is called."""


def given_or_kept(
    given: Sequence[SecretStr], data_dir: Path, name: str, clock: Clock = utc_now
) -> Credentials:
    """Return the secrets that the settings give, or else those kept in the data folder."""
    if given:
        return Credentials.of([secret.get_secret_value() for secret in given])
    _, is_new = kept_credential(data_dir, name)
    if is_new:
        log.warning("credential.made", file=str(data_dir / name))
    return Credentials(Keyring(data_dir, name).current, clock)


class Keyring:
    """One kind of credentials.  Every method raises `SettingsError` where a file is unusable."""

    def __init__(self, data_dir: Path, name: str) -> None:
        self._data_dir = data_dir
        self._name = name
        self._plain = data_dir / name
        self._ring = data_dir / f"{name}.ring.json"
        self._seen: tuple[object, ...] = ()
        self._current: Sequence[Credential] = ()

    def current(self) -> Sequence[Credential]:
        """Return all of them, the expired too; reads the files only where they have changed."""
        seen = (_state(self._plain), _state(self._ring))
        if seen != self._seen:
            try:
                self._current = self.read()
            except SettingsError as error:
                if not self._current:
                    raise
                log.error("credentials.unreadable", problem=str(error))
            self._seen = seen
        return self._current

    def read(self) -> Sequence[Credential]:
        kept, _ = kept_credential(self._data_dir, self._name)
        return [Credential(FIRST, digest_of(kept)), *self._read_ring()]

    def add(self, name: str, scope: KeyScope, expires_at: datetime | None) -> str:
        """Add a named one; return its secret, which is kept nowhere."""
        if name == FIRST or any(own.name == name for own in self._read_ring()):
            raise SettingsError(f"{name} is there already: rotate it, or choose another name")
        secret = new_secret()
        added = Credential(name, digest_of(secret), scope, expires_at)
        self._write_ring([*self._read_ring(), added])
        return secret

    def rotate(self, name: str, now: datetime, overlap: timedelta) -> str:
        """Replace one; the old is accepted for `overlap` longer.  Return the new secret."""
        old = self._named(name)
        until = now + overlap if old.expires_at is None else min(old.expires_at, now + overlap)
        retiring = replace(old, name=f"{name} until {until:%Y-%m-%d %H:%M:%S}Z", expires_at=until)
        others = [own for own in self._read_ring() if own.name != name and own.is_valid(now)]
        secret = new_secret()
        fresh = [] if name == FIRST else [replace(old, digest=digest_of(secret), expires_at=None)]
        self._write_ring([*others, retiring, *fresh])
        if name == FIRST:
            write_privately(self._plain, secret + "\n").replace(self._plain)
        return secret

    def revoke(self, name: str) -> None:
        """Accept a named one no longer."""
        if name == FIRST:
            raise SettingsError(f"{FIRST} cannot be revoked: rotate it, with no overlap")
        self._named(name)
        self._write_ring([own for own in self._read_ring() if own.name != name])

    def _named(self, name: str) -> Credential:
        found = [own for own in self.read() if own.name == name]
        if not found:
            raise SettingsError(f"there is none called {name}")
        return found[0]

    def _read_ring(self) -> list[Credential]:
        try:
            text = self._ring.read_text(encoding="utf-8")
            return [_credential(fields) for fields in json.loads(text)]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SettingsError(
                f"{self._ring} cannot be read ({type(error).__name__}): mend or delete it"
            ) from None

    def _write_ring(self, ring: Sequence[Credential]) -> None:
        text = json.dumps([_fields(own) for own in ring], indent=1)
        try:
            write_privately(self._ring, text + "\n").replace(self._ring)
        except OSError as error:
            raise SettingsError(f"{self._ring} cannot be written ({error.strerror})") from None


def _credential(fields: dict[str, Any]) -> Credential:
    expires_at = fields["expires_at"]
    return Credential(
        name=fields["name"],
        digest=bytes.fromhex(fields["sha256"]),
        scope=KeyScope(fields["scope"]),
        expires_at=datetime.fromisoformat(expires_at) if expires_at else None,
    )


def _fields(own: Credential) -> dict[str, Any]:
    return {
        "name": own.name,
        "sha256": own.digest.hex(),
        "scope": own.scope,
        "expires_at": own.expires_at.isoformat() if own.expires_at else None,
    }


def _state(path: Path) -> object:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size
