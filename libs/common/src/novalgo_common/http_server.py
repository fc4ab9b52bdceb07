"""How every service listens: uvicorn, with its connections bounded and its answers' headers set."""

import socket
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn

from novalgo_common.errors import SettingsError
from novalgo_common.http_protocol import BoundedProtocol, Bounds
from novalgo_common.http_tls import TlsDoor

GRACE = 2
"""Seconds that open connections get when the process is asked to stop."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}
_TLS_HEADERS = {"Strict-Transport-Security": "max-age=31536000"}


@dataclass(frozen=True, slots=True)
class Tls:
    """Files in PEM."""

    certificate: Path
    key: Path | None
    client_authorities: Path | None = None
    """Who may have signed a client's certificate; without it none is asked for."""


@dataclass(frozen=True, slots=True)
class Edge:
    """What a service's listener does beyond the plain one."""

    is_known: Callable[[str], bool] = lambda _address: True
    """Whether an address is one of ours: what is not known may hold few connections."""
    headers: Mapping[str, str] = field(default_factory=dict)
    tls: Tls | None = None
    takes_websockets: bool = False


class Config(uvicorn.Config):
    """uvicorn's, with the bounds that `BoundedProtocol` looks for."""

    def __init__(self, application: Any, edge: Edge) -> None:
        headers = {**HEADERS, **edge.headers, **(_TLS_HEADERS if edge.tls else {})}
        super().__init__(
            application,
            http=BoundedProtocol,
            ws="auto" if edge.takes_websockets else "none",
            access_log=False,
            log_config=None,
            lifespan="off",
            # uvicorn would let any process of this machine name another address as the client;
            # ingest reads X-Forwarded-For itself, from its TRUSTED_PROXIES alone.
            proxy_headers=False,
            server_header=False,
            headers=list(headers.items()),
            timeout_graceful_shutdown=GRACE,
            timeout_keep_alive=10,
        )
        self.bounds = Bounds(edge.is_known)
        self.tls = edge.tls


class Server(uvicorn.Server):
    """Serves one application on sockets that listen already.

    It may be one among others in its process: signals are the process's affair.
    """

    config: Config
    _doors: Sequence[TlsDoor] = ()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        tls = self.config.tls
        if tls is None:
            await super().startup(sockets)
            return
        context = tls_context(tls)
        await super().startup([])
        self._doors = [TlsDoor(each, context, self._protocol) for each in sockets or ()]

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for door in self._doors:
            await door.close()
        await super().shutdown(sockets)

    def _protocol(self) -> BoundedProtocol:
        return BoundedProtocol(self.config, self.server_state, self.lifespan.state)


def tls_context(tls: Tls) -> ssl.SSLContext:
    """Return the server's context; raise `SettingsError` where a file is no such thing."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(tls.certificate, tls.key)
        if tls.client_authorities is not None:
            context.load_verify_locations(tls.client_authorities)
            # Optional here: whose request needs one is decided when the request is known.
            context.verify_mode = ssl.CERT_OPTIONAL
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            f"NOVALGO_TLS_CERTIFICATE: it, its key or the client authorities cannot be used "
            f"({type(error).__name__})"
        ) from None
    return context
