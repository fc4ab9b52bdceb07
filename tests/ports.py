"""Free ports for servers that a test starts.

They lie below those that the system gives to outgoing connections, and each process begins to
look at a place of its own: what was found free is still free when its server takes it.
"""

import os
import socket
from collections.abc import Iterator
from itertools import count

_FIRST, _LAST = 10_000, 32_000


def free_port() -> int:
    """Return a port that this process has not been given before."""
    return next(_PORTS)


def _free_ports() -> Iterator[int]:
    for number in count(os.getpid() * 2003):
        port = _FIRST + number % (_LAST - _FIRST)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        yield port


_PORTS = _free_ports()
