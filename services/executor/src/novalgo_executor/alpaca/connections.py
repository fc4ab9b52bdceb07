"""Connections that are opened anew once they have lain idle, and carry no order in doubt.

Whoever listens closes an idle connection some day, and a request that meets the closing gets no
answer.  For an order that is an unknown outcome, which costs its signal.
"""

import time
from collections.abc import Callable
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from novalgo_executor.alpaca.errors import NotOursError

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


def pools(may_act: Callable[[], bool]) -> dict[str, type[HTTPConnectionPool]]:
    """Return what a `urllib3.PoolManager` makes its pools of, by scheme.

    `may_act` is asked right before the bytes leave of a request that may change the account,
    once its connection stands: a process may have been stopped anywhere before.  Where it denies,
    `NotOursError` is raised, and nothing that Alpaca could act on has left.
    """

    class Guarded(_Fresh):
        _only_asks = False

        def putrequest(self, method: str, *arguments: Any, **options: Any) -> None:
            self._only_asks = method == "GET"
            super().putrequest(method, *arguments, **options)

        def send(self, data: Any) -> None:
            if self.sock is None:
                self.connect()
            if not self._only_asks and not may_act():
                raise NotOursError("another executor may be trading")
            super().send(data)

    class GuardedTls(Guarded, HTTPSConnection):
        pass

    class Pool(HTTPConnectionPool):
        ConnectionCls = Guarded

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = GuardedTls

    return {"http": Pool, "https": TlsPool}
