"""Decides which requests are alerts: by address, secret and content.  Time is passed in."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from novalgo_common.credentials import Credentials
from novalgo_common.lockout import Lockout
from novalgo_ingest.addresses import Address, Network, Origin, client_address, is_in
from novalgo_ingest.alert import Alert, Heartbeat, Outcome, Refusal, Source
from novalgo_ingest.message import read_message
from novalgo_ingest.strict_json import NotStrictJsonError
from novalgo_ingest.text_pattern import TextPattern
from novalgo_ingest.translate import secret_of, translate

_FORBIDDEN = Refusal(Outcome.FORBIDDEN, "This address may not send alerts")
_NO_CERTIFICATE = Refusal(Outcome.FORBIDDEN, "TradingView's client certificate is missing")
_UNAUTHORIZED = Refusal(Outcome.UNAUTHORIZED, "Wrong or missing secret")

TRADINGVIEW_CERTIFICATE = "CN=TradingView Webhooks,O=TradingView, Inc."
"""The subject that TradingView's webhooks show, by its support article 43000680459."""


class Gate:
    def __init__(
        self,
        secrets: Credentials,
        *,
        allowed_networks: Sequence[Network],
        trusted_proxies: Sequence[Network],
        text_pattern: TextPattern | None = None,
        needs_certificate: bool = False,
    ) -> None:
        self._secrets = secrets
        self._allowed = allowed_networks
        self._trusted = trusted_proxies
        self._text_pattern = text_pattern
        self._needs_certificate = needs_certificate
        self._lockout = Lockout()

    def judge(self, body: bytes, origin: Origin, now: datetime) -> Alert | Heartbeat | Refusal:
        """Return the alert that the body holds, or why it is refused."""
        address = client_address(origin, self._trusted)
        if address is None or not is_in(address, self._allowed):
            return _FORBIDDEN
        if self._needs_certificate and not (
            origin.certificate == TRADINGVIEW_CERTIFICATE or address.is_loopback
        ):
            return _NO_CERTIFICATE
        try:
            fields = read_message(body, self._text_pattern)
        except NotStrictJsonError as error:
            malformed = Refusal(Outcome.MALFORMED, str(error))
            return self._locked_out(address, now) or malformed
        secret = self._secrets.holder(secret_of(fields))
        if secret is None:
            return self._wrong_secret(address, now)
        verdict = translate(fields, now, Source("webhook", str(address), secret.name))
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
