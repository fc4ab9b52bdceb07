"""Gives alpaca-py's sessions what they lack: timeouts, guarded connections, and figures."""

import time
from collections.abc import Callable
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from novalgo_executor.alpaca.connections import pools
from novalgo_executor.metrics import Metrics

TIMEOUT = (3.05, 10)
"""Seconds to connect, and to wait for an answer."""


class MeasuredAdapter(HTTPAdapter):
    """Gives every request a timeout, and tells what came of it."""

    def __init__(
        self, api: str, may_act: Callable[[], bool], metrics: Metrics, *, connections: int
    ) -> None:
        self._may_act = may_act
        super().__init__(pool_maxsize=connections, pool_block=True)
        self._api = api
        self._metrics = metrics

    def init_poolmanager(self, *sizes: Any, **options: Any) -> None:
        super().init_poolmanager(*sizes, **options)
        self.poolmanager.pool_classes_by_scheme = pools(self._may_act)

    def send(self, request: Any, **options: Any) -> Any:  # type: ignore[override]
        options["timeout"] = options.get("timeout") or TIMEOUT
        started = time.monotonic()
        try:
            answer = super().send(request, **options)
        except requests.RequestException:
            self._metrics.unanswered(request.method)
            raise
        self._metrics.answered(request.method, answer.status_code, time.monotonic() - started)
        remaining = answer.headers.get("X-RateLimit-Remaining", "")
        if remaining.isdigit():
            self._metrics.may_still_ask(self._api, int(remaining))
        return answer
