"""Takes TLS connections.  asyncio's own server tells of one only when its handshake is done: until
then nobody would count it, and whoever never ends a handshake could hold as many as they like.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress

import structlog

from novalgo_common.http_protocol import ARRIVES_WITHIN, BoundedProtocol

log = structlog.get_logger()

BREATH = 1.0
"""Seconds without accepting, after the system had no room for one more connection."""


class TlsDoor:
    """Accepts on a listening socket; a connection is counted, and its time runs, from then on."""

    def __init__(
        self,
        listener: socket.socket,
        context: ssl.SSLContext,
        protocol: Callable[[], BoundedProtocol],
    ) -> None:
        self._listener = listener
        self._context = context
        self._protocol = protocol
        self._shaking: set[asyncio.Task[None]] = set()
        self._accepting = asyncio.create_task(self._accept(), name="accept TLS connections")

    async def close(self) -> None:
        """Accept no more, and give up the handshakes that are under way."""
        tasks = [self._accepting, *self._shaking]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        self._listener.setblocking(False)
        while True:
            try:
                accepted, address = await loop.sock_accept(self._listener)
            except OSError as error:
                log.error("http.not_accepted", error=error.strerror)
                await asyncio.sleep(BREATH)
                continue
            self._welcome(accepted, address[0])

    def _welcome(self, accepted: socket.socket, address: str) -> None:
        protocol = self._protocol()
        if not protocol.admit(address):
            accepted.close()
            return
        task = asyncio.create_task(self._shake_hands(accepted, protocol))
        self._shaking.add(task)
        task.add_done_callback(self._shaking.discard)

    async def _shake_hands(self, accepted: socket.socket, protocol: BoundedProtocol) -> None:
        is_through = False
        try:
            with suppress(OSError):  # no TLS, none in time, or gone: a stranger's affair
                await asyncio.get_running_loop().connect_accepted_socket(
                    lambda: protocol,
                    accepted,
                    ssl=self._context,
                    ssl_handshake_timeout=ARRIVES_WITHIN,
                )
                is_through = True
        finally:
            if not is_through:
                accepted.close()
                protocol.leave()
