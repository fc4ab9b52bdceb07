"""Requests to Alpaca's two APIs: in threads, with timeouts, sent once, within the allowance."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import requests
from alpaca.common.exceptions import APIError
from alpaca.common.rest import RESTClient
from alpaca.data.historical import StockHistoricalDataClient
from alpaca.trading.client import TradingClient
from requests.adapters import HTTPAdapter

from novalgo_common.clock import Clock
from novalgo_common.errors import UnavailableError
from novalgo_executor.alpaca.errors import DEFINITIVE, DefiniteError, unavailable
from novalgo_executor.alpaca.measured import MeasuredAdapter
from novalgo_executor.broker import KeysRefusedError
from novalgo_executor.gate import Gate, Rank
from novalgo_executor.metrics import Metrics
from novalgo_executor.settings import Settings

T = TypeVar("T")
C = TypeVar("C", bound=RESTClient)

THREADS = 8
CHUNK = 65_536
"""Bytes."""


class Session:
    """alpaca-py's clients without their own retries: they would repeat a POST."""

    def __init__(
        self, settings: Settings, clock: Clock, may_act: Callable[[], bool], metrics: Metrics
    ) -> None:
        key, secret = settings.alpaca_credentials
        self._clock = clock
        self._gate = Gate()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="alpaca")
        self._trading = _tame(
            TradingClient(key, secret, raw_data=True, url_override=settings.trading_url),
            MeasuredAdapter("trading", may_act, metrics, connections=THREADS),
        )
        self._trading._session.hooks["response"].append(self._read_allowance)
        self._data = _tame(
            StockHistoricalDataClient(key, secret, raw_data=True, url_override=settings.data_url),
            MeasuredAdapter("data", may_act, metrics, connections=THREADS),
        )

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def wait(self, rank: Rank, *, who: str = "") -> float:
        """Return the seconds that a request must wait; 0 lets it through, and counts it."""
        return self._gate.wait(rank, self._clock(), who=who)

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Send once, past the gate; raise whatever the SDK and the network raise.

        `NotOursError`: nothing has left.
        """
        return await self._call(lambda: self._trading.post(path, dict(body)))

    async def delete(self, path: str) -> None:
        """Raise `DefiniteError` where Alpaca refuses, `UnavailableError` where nobody knows."""
        await self._ask(lambda: self._trading.delete(path))

    async def get(self, path: str, query: dict[str, Any] | None = None, **missing: None) -> Any:
        """Return an answer; with `missing` given, that where Alpaca answers 404."""
        try:
            return await self._ask(lambda: self._trading.get(path, query))
        except DefiniteError as error:
            if error.status == 404 and "missing" in missing:
                return None
            raise UnavailableError(f"Alpaca answers {error.status} to {path}") from None

    async def read(
        self, path: str, query: Mapping[str, str], reader: Callable[[Iterable[str]], T]
    ) -> T:
        """Return what `reader` makes, in a thread, of the lines of an answer, as they arrive.

        For what is not JSON: that is all that the SDK itself reads.
        """
        return await self._ask(lambda: self._read_lines(path, query, reader))

    async def data(self, path: str, query: dict[str, Any]) -> Any:
        """Ask for market data, which have an allowance of their own."""
        return await self._ask(lambda: self._data.get(path, query), is_data=True)

    def close_gate(self, error: APIError) -> float:
        """Let nothing pass until Alpaca's count begins anew; return the seconds until then."""
        text = error.response.headers.get("X-RateLimit-Reset", "")
        now = self._clock()
        left = int(text) - now.timestamp() if text.isdigit() else 5
        seconds = min(60.0, max(0.5, left))
        self._gate.refused(now + timedelta(seconds=seconds))
        return seconds

    def _read_allowance(self, answer: requests.Response, **_: object) -> None:
        left = answer.headers.get("X-RateLimit-Remaining", "")
        reset = answer.headers.get("X-RateLimit-Reset", "")
        if left.isdigit() and reset.isdigit():
            self._gate.answered(int(left), datetime.fromtimestamp(int(reset), UTC))

    def _read_lines(
        self, path: str, query: Mapping[str, str], reader: Callable[[Iterable[str]], T]
    ) -> T:
        client = self._trading
        with client._session.get(
            f"{client._base_url}{path}",
            params=query,
            headers=client._get_default_headers(),
            allow_redirects=False,
            stream=True,
        ) as answer:
            try:
                answer.raise_for_status()
            except requests.HTTPError as error:
                raise APIError(answer.text, error) from None  # type: ignore[no-untyped-call]
            answer.encoding = "utf-8"
            return reader(answer.iter_lines(CHUNK, decode_unicode=True))

    async def _ask(self, call: Callable[[], T], *, is_data: bool = False) -> T:
        if not is_data and self.wait(Rank.QUESTION):
            raise UnavailableError("Alpaca's request limit is reached")
        with unavailable():
            try:
                return await self._call(call)
            except APIError as error:
                status = error.status_code
                if status == 429 and not is_data:
                    self.close_gate(error)
                if status in (401, 403):
                    raise KeysRefusedError(f"Alpaca refuses the keys (HTTP {status})") from None
                if status in DEFINITIVE:
                    raise DefiniteError(status) from None
                raise

    async def _call(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)


def _tame(client: C, adapter: HTTPAdapter) -> C:
    """Turn the SDK's retries off, and give its session timeouts by way of the adapter; both are
    private names of it."""
    if not hasattr(client, "_session") or not hasattr(client, "_retry_codes"):
        raise RuntimeError("alpaca-py has changed: its retries cannot be turned off")
    client._retry_codes = []
    client._session.trust_env = False
    client._session.mount("https://", adapter)
    client._session.mount("http://", adapter)
    return client
