"""Secrets that people present to NovAlgo: where they are kept, and how they are compared."""

import hmac
import os
import secrets
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import structlog
from pydantic import SecretStr

from novalgo_common.errors import SettingsError

log = structlog.get_logger()

WEBHOOK_SECRET = "webhook_secret"  # noqa: S105 - the name of a file
API_KEY = "api_key"


class Credentials:
    """Several secrets that are valid at once, so that one can replace another without a gap."""

    def __init__(self, accepted: Sequence[str]) -> None:
        self._digests = [_digest(secret) for secret in accepted]

    def accept(self, presented: object) -> bool:
        """Say whether it is one of them, in a time that does not depend on what was presented."""
        if not isinstance(presented, str) or not presented:
            return False
        digest = _digest(presented)
        matches = [hmac.compare_digest(digest, own) for own in self._digests]
        return any(matches)


def given_or_kept(given: Sequence[SecretStr], data_dir: Path, name: str) -> Credentials:
    """Return the secrets that the settings give, or else the one kept in `data_dir/name`."""
    if given:
        return Credentials([secret.get_secret_value() for secret in given])
    kept, is_new = kept_credential(data_dir, name)
    if is_new:
        log.warning("credential.made", file=str(data_dir / name))
    return Credentials([kept])


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


def _make(path: Path) -> bool:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
        file.flush()
        os.fsync(descriptor)
    try:
        path.hardlink_to(draft)  # unlike a rename it fails where another process was faster
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def _digest(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()
