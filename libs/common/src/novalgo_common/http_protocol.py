"""HTTP connections, bounded: how large a head may be, how long a request may take to arrive, and
how many connections strangers may hold.  What is not ours can then not use up what ours needs.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from novalgo_common.one_write import OneWrite

LARGEST_HEAD = 16 * 1024
MOST_HEADERS = 64
ARRIVES_WITHIN = 10.0
"""Seconds from a request's first byte, or from the connection, to the request's last byte."""
STRANGERS = 256
STRANGERS_OF_ONE_ADDRESS = 32


class Bounds:
    """Counts the connections of strangers."""

    def __init__(self, is_known: Callable[[str], bool]) -> None:
        self._is_known = is_known
        self._strangers: Counter[str] = Counter()

    def admit(self, address: str) -> bool:
        """Count a new connection, unless it is one of a stranger too many."""
        if self._is_known(address):
            return True
        if (
            self._strangers[address] >= STRANGERS_OF_ONE_ADDRESS
            or self._strangers.total() >= STRANGERS
        ):
            return False
        self._strangers[address] += 1
        return True

    def leave(self, address: str) -> None:
        """Forget an admitted connection."""
        if address in self._strangers:
            self._strangers[address] -= 1
            if not self._strangers[address]:
                del self._strangers[address]


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's own protocol; its config is a `novalgo_common.http_server.Config`."""

    _admitted: str | None = None
    _deadline: asyncio.TimerHandle | None = None
    _awaits_head = True
    _head_bytes = 0
    _tls: dict[object, object] | None = None

    @property
    def _bounds(self) -> Bounds:
        return self.config.bounds  # type: ignore[attr-defined,no-any-return]

    def admit(self, address: str) -> bool:
        """Count the connection, unless it is one too many; before it is made, or when it is."""
        if not self._bounds.admit(address):
            return False
        self._admitted = address
        return True

    def leave(self) -> None:
        """Count the connection no longer."""
        if self._admitted is not None:
            self._bounds.leave(self._admitted)
            self._admitted = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(OneWrite(transport, self.loop))
        if self._admitted is None and not self.admit(self.client[0] if self.client else ""):
            transport.abort()
            return
        if self.scheme == "https":
            self._tls = {"client_cert_name": _subject(transport.get_extra_info("peercert"))}
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._arrived()
        self.leave()

    def data_received(self, data: bytes) -> None:
        if self._deadline is None:
            self._expect()
        if self._awaits_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._awaits_head and self._head_bytes > LARGEST_HEAD:
            self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._tls is not None:
            self.scope["extensions"] = {"tls": dict(self._tls)}

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        if len(self.headers) > MOST_HEADERS:
            raise ValueError("too many headers")  # which uvicorn answers with 400

    def on_headers_complete(self) -> None:
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > LARGEST_HEAD:
            raise ValueError("the head is too large")
        self._awaits_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._arrived()
        self._awaits_head, self._head_bytes = True, 0
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        self._arrived()
        super().handle_websocket_upgrade()

    def _expect(self) -> None:
        self._deadline = self.loop.call_later(ARRIVES_WITHIN, self.transport.close)

    def _arrived(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def _subject(certificate: "dict[str, Any] | None") -> str | None:
    """Return the subject of a verified certificate as `CN=…,O=…`, sorted by its keys."""
    if not certificate:
        return None
    short = {"commonName": "CN", "organizationName": "O"}
    parts = [part for relative in certificate.get("subject", ()) for part in relative]
    return ",".join(sorted(f"{short[key]}={value}" for key, value in parts if key in short))
