"""What ingest reads from the environment."""

import re
import shutil
from datetime import timedelta
from decimal import Decimal
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field, SecretStr

from novalgo_common.http_server import Edge, Tls
from novalgo_common.settings import Port, SecretList
from novalgo_common.settings import Settings as CommonSettings
from novalgo_common.symbols import parse_symbol
from novalgo_common.timeframes import parse_timeframe
from novalgo_ingest.addresses import Network, is_in, parse_address
from novalgo_ingest.docs_page import CONTENT_POLICY
from novalgo_ingest.mail.account import Account
from novalgo_ingest.text_pattern import TextPattern

LOOPBACK = ("127.0.0.0/8", "::1/128")
TRADINGVIEW = ("52.89.214.238", "34.212.75.30", "54.218.53.128", "52.32.178.7")
"""Where its webhooks come from, by its support article 43000529348."""

_POLICY = "Content-Security-Policy"
HEADERS = {
    "Cache-Control": "no-store",
    _POLICY: "default-src 'none'; frame-ancestors 'none'",
}
"""On every answer: nothing of it is a page, and nothing of it may be kept."""


def _networks(value: object) -> object:
    if isinstance(value, str):
        value = tuple(part.strip() for part in value.split(",") if part.strip())
    if isinstance(value, tuple):
        return tuple(_network(part) for part in value)
    return value


def _network(part: object) -> object:
    try:
        return ip_network(part) if isinstance(part, str) else part
    except ValueError:
        raise ValueError("each part must be an address or a network such as 10.0.0.0/8") from None


def _pattern(value: object) -> object:
    return TextPattern(value) if isinstance(value, str) else value


def _silence_hours(value: object) -> object:
    if not isinstance(value, str):
        return value
    return tuple(_quiet(part) for part in value.split(",") if part.strip())


def _quiet(part: str) -> tuple[str, str, Decimal]:
    book, _, hours = part.strip().partition("=")
    name, _, chart = book.strip().partition(" ")
    symbol, timeframe = parse_symbol(name), parse_timeframe(chart)
    if symbol is None or timeframe is None or not _HOURS.match(hours.strip()):
        raise ValueError("each part must be such as AAPL 15 Min=6.5")
    return symbol, timeframe, Decimal(hours.strip())


_HOURS = re.compile(r"^[0-9]{1,4}(\.[0-9]{1,3})?$", re.ASCII)
SilenceHours = Annotated[tuple[tuple[str, str, Decimal], ...], BeforeValidator(_silence_hours)]
Pattern = Annotated[TextPattern, BeforeValidator(_pattern)]
Networks = Annotated[tuple[Network, ...], BeforeValidator(_networks)]


class Settings(CommonSettings):
    model_config = ConfigDict(arbitrary_types_allowed=True)

    ingest_port: Port = Field(8080, description="The port of ingest: webhooks and the read surface")
    webhook_secrets: SecretList = Field(
        (),
        description="Secrets of which each alert must carry one, comma-separated; without any one "
        "is made at the first start and kept in `DATA_DIR/webhook_secret`",
    )
    allowed_networks: Networks = Field(
        tuple(ip_network(network) for network in (*LOOPBACK, *TRADINGVIEW)),
        description="Addresses and networks that alerts may come from, comma-separated; by "
        "default loopback and TradingView's four addresses",
    )
    trusted_proxies: Networks = Field(
        (),
        description="Addresses and networks of reverse proxies whose `X-Forwarded-For` and "
        "`Forwarded` are believed, comma-separated",
    )
    tls_certificate: Path | None = Field(
        None,
        description="A certificate chain in PEM: ingest then speaks HTTPS itself, with no proxy",
    )
    tls_key: Path | None = Field(
        None, description="The certificate's private key in PEM, where it is a file of its own"
    )
    tls_client_authorities: Path | None = Field(
        None,
        description="Authorities in PEM: alerts, except from this machine, must then come with "
        "TradingView's client certificate, signed by one of them",
    )
    text_pattern: Pattern | None = Field(
        None,
        description="How alerts that are plain text are read, such as "
        "`{action} {symbol} @ {price} {timeframe} {secret}`; `{}` is anything. Without it an alert "
        "must be JSON",
    )
    spool_limit: Annotated[int, Field(ge=1)] = Field(
        100_000,
        description="How many signals may wait for the bus before webhooks are answered with 503",
    )

    imap_host: str | None = Field(
        None,
        description="A mail server whose mailbox is read for alerts beside the webhook, over IMAP; "
        "without it no mail is read",
    )
    imap_port: Port = Field(993, description="Its port")
    imap_user: str = Field("", description="The mailbox's user")
    imap_password: SecretStr = Field(SecretStr(""), description="The mailbox's password")
    imap_folder: str = Field(
        "INBOX", description="The folder: unseen mail in it is read, and marked as seen"
    )
    imap_encrypted: bool = Field(True, description="Whether the mail server speaks TLS at once")
    imap_seconds: Annotated[float, Field(gt=0)] = Field(
        10, description="Seconds between two looks into the mailbox"
    )
    docs_page: bool = Field(
        False,
        description="Whether `/docs` shows the API's description, and `/openapi.json` gives it, to "
        "everybody",
    )
    silence_hours: SilenceHours = Field(
        (),
        description="How many hours of open market a row may be quiet before an alarm, such as "
        "`AAPL 15 Min=6.5,MSFT 1 Day=20`; 0: it is not watched. Without it a row's own cadence "
        "counts, once five gaps are known",
    )
    disk_reserve: Annotated[int, Field(ge=0)] = Field(
        100,
        description="Megabytes of the data folder's disk below which webhooks are answered with "
        "503, where the store is SQLite",
    )

    @property
    def mailbox(self) -> Account | None:
        if self.imap_host is None:
            return None
        return Account(
            host=self.imap_host,
            port=self.imap_port,
            user=self.imap_user,
            password=self.imap_password,
            folder=self.imap_folder,
            encrypted=self.imap_encrypted,
        )

    @property
    def tls(self) -> Tls | None:
        if self.tls_certificate is None:
            return None
        return Tls(self.tls_certificate, self.tls_key, self.tls_client_authorities)

    @property
    def edge(self) -> Edge:
        """Alerts' addresses and proxies are known; whoever else comes may hold few connections."""
        known = (*self.allowed_networks, *self.trusted_proxies)
        return Edge(
            is_known=lambda peer: (found := parse_address(peer)) is None or is_in(found, known),
            headers=HEADERS | ({_POLICY: CONTENT_POLICY} if self.docs_page else {}),
            tls=self.tls,
        )

    @property
    def silences(self) -> dict[tuple[str, str], timedelta]:
        """Return how long each book that the owner names may be quiet, in market time."""
        return {
            (symbol, timeframe): timedelta(hours=float(hours))
            for symbol, timeframe, hours in self.silence_hours
        }

    def free_space(self) -> int:
        """Return the bytes that are left on the disk of the data folder."""
        return shutil.disk_usage(self.data_dir).free

    def describe(self) -> str:
        """Say in one line where alerts arrive."""
        scheme = "https" if self.tls else "http"
        return f"webhooks: {scheme}://{self.bind_host}:{self.ingest_port}/webhook"
