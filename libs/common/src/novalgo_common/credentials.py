"""Secrets that people present to NovAlgo: which are accepted, and how they are compared.

| where they are                        | as                                                       |
|---------------------------------------|----------------------------------------------------------|
| the setting, comma-separated          | texts or hashes; then nothing else is accepted           |
| `DATA_DIR/webhook_secret`, `api_key`  | the first one, as it is: the owner and `novalgo` read it |
| `DATA_DIR/….ring.json` beside it      | hashes of named ones, with their scopes and expiries     |

The files are looked at again whenever they change, so that a rotation needs no restart.
"""

import hmac
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Self

import structlog
from pydantic import SecretStr

from novalgo_common.clock import Clock, utc_now
from novalgo_common.errors import SettingsError

log = structlog.get_logger()

WEBHOOK_SECRET = "webhook_secret"  # noqa: S105 - the name of a file
API_KEY = "api_key"
HASHED = "sha256:"


class KeyScope(StrEnum):
    """What the holder of an API key may do; CONTROL includes READ."""

    READ = "read"
    CONTROL = "control"


@dataclass(frozen=True, slots=True)
class Credential:
    """An accepted secret, of which only the hash is known."""

    name: str
    digest: bytes
    scope: KeyScope = KeyScope.CONTROL
    expires_at: datetime | None = None

    def is_valid(self, now: datetime) -> bool:
        return self.expires_at is None or now < self.expires_at

    def allows(self, scope: KeyScope) -> bool:
        return self.scope is KeyScope.CONTROL or self.scope is scope


class Credentials:
    """Several secrets that are valid at once, so that one can replace another without a gap."""

    def __init__(self, current: Callable[[], Sequence[Credential]], clock: Clock = utc_now) -> None:
        self._current = current
        self._clock = clock

    @classmethod
    def of(cls, accepted: Sequence[str]) -> Self:
        """Return those of a setting, each as `text`, `read:text` or `sha256:hash`."""
        found = [parse(text, f"setting {number}") for number, text in enumerate(accepted, start=1)]
        return cls(lambda: found)

    def accept(self, presented: object, scope: KeyScope = KeyScope.READ) -> bool:
        """Say whether it is one of them, and allows this."""
        holder = self.holder(presented)
        return holder is not None and holder.allows(scope)

    def holder(self, presented: object) -> Credential | None:
        """Return which one it is, in a time that does not depend on what was presented."""
        if not isinstance(presented, str) or not presented:
            return None
        digest = digest_of(presented)
        matches = [own for own in self.valid() if hmac.compare_digest(digest, own.digest)]
        return next(iter(matches), None)

    def valid(self) -> Sequence[Credential]:
        """Return those that are accepted now."""
        now = self._clock()
        return [own for own in self._current() if own.is_valid(now)]


def parse(text: str, name: str) -> Credential:
    """Return what an item of a setting accepts."""
    scope, secret = _scope_and_secret(text)
    if not secret.startswith(HASHED):
        return Credential(name, digest_of(secret), scope)
    try:
        digest = bytes.fromhex(secret.removeprefix(HASHED))
    except ValueError:
        digest = b""
    if len(digest) != sha256().digest_size:
        raise SettingsError(f"{name}: what follows {HASHED} is no SHA-256 in hexadecimal digits")
    return Credential(name, digest, scope)


def readable(given: Sequence[SecretStr]) -> Iterator[str]:
    """Yield the secrets among the items of a setting that are not hashed, without their scopes."""
    for item in given:
        secret = _scope_and_secret(item.get_secret_value())[1]
        if not secret.startswith(HASHED):
            yield secret


def _scope_and_secret(text: str) -> tuple[KeyScope, str]:
    for scope in KeyScope:
        if text.startswith(f"{scope}:"):
            return scope, text.removeprefix(f"{scope}:")
    return KeyScope.CONTROL, text


def digest_of(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


def kept_credential(data_dir: Path, name: str) -> tuple[str, bool]:
    """Return the secret kept in `data_dir/name`, and whether it was made just now.

    It is made at the first call, readable by its owner alone.  Raises `SettingsError` where the
    file cannot be read or written.
    """
    path = data_dir / name
    try:
        made = not path.exists() and _make(path)
        kept = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"NOVALGO_DATA_DIR: {name} cannot be read or written there ({type(error).__name__})"
        ) from None
    if not kept:
        raise SettingsError(f"NOVALGO_DATA_DIR: {name} there is empty: delete it")
    return kept, made


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def write_privately(path: Path, text: str) -> Path:
    """Write a draft beside `path`, on disk and for its owner alone; return it, to be put there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    return draft


def _make(path: Path) -> bool:
    draft = write_privately(path, new_secret() + "\n")
    try:
        path.hardlink_to(draft)  # unlike a rename it fails where another process was faster
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True
