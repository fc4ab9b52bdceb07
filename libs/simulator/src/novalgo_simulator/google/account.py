"""The simulated service account: its credentials file, its signed requests, its tokens."""

import base64
import binascii
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from novalgo_common.clock import Clock

EMAIL = "novalgo@simulated.iam.gserviceaccount.com"
LIFETIME = timedelta(hours=1)


class InvalidGrantError(Exception):
    """The assertion is not one that the account's key signed for now."""


@dataclass(frozen=True)
class ServiceAccount:
    key: rsa.RSAPrivateKey

    @classmethod
    def kept_at(cls, path: Path, base_url: str) -> "ServiceAccount":
        """Return the account of a credentials file (mode 600), which is made where it is missing.

        A restart keeps the key, so that a client that runs on can still renew its token.
        """
        account = cls(_stored_key(path) or rsa.generate_private_key(65537, 2048))
        text = json.dumps(account.credentials(base_url), indent=2)
        temporary = path.with_suffix(".part")
        temporary.unlink(missing_ok=True)
        with os.fdopen(
            os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w"
        ) as file:
            file.write(text)
        temporary.replace(path)
        return account

    def credentials(self, base_url: str) -> dict[str, str]:
        """Return what Google's console hands out as the account's JSON file."""
        pem = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return {
            "type": "service_account",
            "project_id": "simulated",
            "private_key_id": "simulated",
            "private_key": pem.decode(),
            "client_email": EMAIL,
            "client_id": "1",
            "token_uri": f"{base_url}/token",
        }

    def verify(self, assertion: str, now: datetime) -> None:
        """Check a signed JWT (RFC 7523); raise `InvalidGrantError` with the reason."""
        try:
            signed, _, signature = assertion.rpartition(".")
            header, claims = (json.loads(_decoded(part)) for part in signed.split("."))
            self.key.public_key().verify(
                _decoded(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256()
            )
        except (ValueError, binascii.Error, InvalidSignature):
            raise InvalidGrantError("Invalid JWT Signature.") from None
        if header.get("alg") != "RS256" or claims.get("iss") != EMAIL:
            raise InvalidGrantError("Invalid grant: account not found")
        _refuse_out_of_date(claims, now)


@dataclass
class Tokens:
    """Bearer tokens that were handed out and are still good."""

    clock: Clock
    _expiries: dict[str, datetime] = field(default_factory=dict)

    def issue(self) -> str:
        token = f"simulated.{secrets.token_urlsafe(24)}"
        self._expiries[token] = self.clock() + LIFETIME
        return token

    def are_good_for(self, authorization: str | None) -> bool:
        scheme, _, token = (authorization or "").partition(" ")
        expiry = self._expiries.get(token)
        return scheme == "Bearer" and expiry is not None and self.clock() < expiry

    def revoke_all(self) -> None:
        """Make every client renew its token, as an expiry would."""
        self._expiries.clear()


def _stored_key(path: Path) -> rsa.RSAPrivateKey | None:
    try:
        pem = json.loads(path.read_text())["private_key"]
        key = serialization.load_pem_private_key(pem.encode(), password=None)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return key if isinstance(key, rsa.RSAPrivateKey) else None


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _refuse_out_of_date(claims: Mapping[str, Any], now: datetime) -> None:
    leeway, moment = 300, now.timestamp()
    try:
        in_time = int(claims["iat"]) - leeway <= moment < int(claims["exp"]) + leeway
    except (KeyError, TypeError, ValueError):
        in_time = False
    if not in_time:
        raise InvalidGrantError("Invalid JWT: Token must be a short-lived token")
