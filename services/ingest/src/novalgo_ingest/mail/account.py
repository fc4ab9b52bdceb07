"""Whose mailbox is read, and where it is."""

from dataclasses import dataclass

from pydantic import SecretStr


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    host: str
    port: int
    user: str
    password: SecretStr
    folder: str
    encrypted: bool
    """TLS from the first byte; without it the password is readable on the way."""
