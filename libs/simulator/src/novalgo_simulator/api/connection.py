"""The TCP connection below a request, for what no HTTP server would do by itself.

ASGI has no way to it; uvicorn's `receive` is a method of the object that holds the transport.
"""

import asyncio
import os
import socket
import struct
from typing import Any

from starlette.types import Receive

_AT_ONCE = struct.pack("ii", 1, 0)
"""Lingers for no second: closing throws away what is unsent, and resets."""


async def reset_connection(receive: Receive) -> None:
    """Reset the connection, and return when the server knows that it is gone."""
    transport = _transport(receive)
    descriptor = transport.get_extra_info("socket").fileno()
    with socket.socket(fileno=os.dup(descriptor)) as same:
        same.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    transport.abort()
    await until_hung_up(receive)


async def until_hung_up(receive: Receive) -> None:
    """Return when the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


def stop_reading(receive: Receive) -> None:
    """Read nothing more from the connection, not even pings."""
    _transport(receive).pause_reading()


def _transport(receive: Receive) -> asyncio.Transport:
    holder: Any = receive
    transport = holder.__self__.transport
    assert isinstance(transport, asyncio.Transport)
    return transport
