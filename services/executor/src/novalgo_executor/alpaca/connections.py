"""Connections that are opened anew once they have lain idle.

Whoever listens closes an idle connection some day, and a request that meets the closing gets no
answer.  For an order that is an unknown outcome, which costs its signal.
"""

import time
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

IDLE = 4.0
"""Seconds after an answer in which a connection is used again; common servers wait 5 and more."""


class _Fresh(HTTPConnection):
    _answered = 0.0

    @property
    def is_connected(self) -> bool:
        """Whether the pool may use the connection again; it opens another one where not."""
        return super().is_connected and time.monotonic() - self._answered < IDLE

    def getresponse(self) -> Any:
        answer = super().getresponse()
        self._answered = time.monotonic()
        return answer


class _FreshTls(_Fresh, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Fresh


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _FreshTls


POOLS = {"http": _Pool, "https": _TlsPool}
"""What a `urllib3.PoolManager` makes its pools of, by scheme."""
