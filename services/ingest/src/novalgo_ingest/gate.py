"""Decides which requests are alerts: by address, secret and content.  Time is passed in."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from novalgo_common.credentials import Credentials
from novalgo_ingest.addresses import Address, Network, client_address, is_in
from novalgo_ingest.alert import Alert, Outcome, Refusal
from novalgo_ingest.lockout import Lockout
from novalgo_ingest.message import read_message
from novalgo_ingest.strict_json import NotStrictJsonError
from novalgo_ingest.text_pattern import TextPattern
from novalgo_ingest.translate import secret_of, translate

_FORBIDDEN = Refusal(Outcome.FORBIDDEN, "This address may not send alerts")
_UNAUTHORIZED = Refusal(Outcome.UNAUTHORIZED, "Wrong or missing secret")


class Gate:
    def __init__(
        self,
        secrets: Credentials,
        *,
        allowed_networks: Sequence[Network],
        trusted_proxies: Sequence[Network],
        text_pattern: TextPattern | None = None,
    ) -> None:
        self._secrets = secrets
        self._allowed = allowed_networks
        self._trusted = trusted_proxies
        self._text_pattern = text_pattern
        self._lockout = Lockout()

    def judge(
        self, body: bytes, peer: str | None, forwarded_for: Sequence[str], now: datetime
    ) -> Alert | Refusal:
        """Return the alert that the body holds, or why it is refused."""
        address = client_address(peer, forwarded_for, self._trusted)
        if address is None or not is_in(address, self._allowed):
            return _FORBIDDEN
        try:
            fields = read_message(body, self._text_pattern)
        except NotStrictJsonError as error:
            malformed = Refusal(Outcome.MALFORMED, str(error))
            return self._locked_out(address, now) or malformed
        if not self._secrets.accept(secret_of(fields)):
            return self._wrong_secret(address, now)
        verdict = translate(fields, now)
        return replace(verdict, is_owners=True) if isinstance(verdict, Refusal) else verdict

    def _wrong_secret(self, address: Address, now: datetime) -> Refusal:
        locked_out = self._locked_out(address, now)
        if locked_out is None:
            self._lockout.failed(address, now)
        return locked_out or _UNAUTHORIZED

    def _locked_out(self, address: Address, now: datetime) -> Refusal | None:
        seconds = self._lockout.seconds_left(address, now)
        if not seconds:
            return None
        return Refusal(Outcome.LOCKED_OUT, "Too many wrong secrets", retry_after=seconds)
