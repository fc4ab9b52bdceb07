"""Alpaca through alpaca-py, the only place that imports it.

The SDK's own retries are off (it would repeat a POST), every request has a timeout (it has none),
amounts leave as text, and answers are read by answers.py.  Calls run in a small pool of threads.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar, cast
from urllib.parse import quote as escape

import requests
import structlog
from alpaca.common.exceptions import APIError
from alpaca.common.rest import RESTClient
from alpaca.data.historical import StockHistoricalDataClient
from alpaca.trading.client import TradingClient
from alpaca.trading.stream import TradingStream
from requests.adapters import HTTPAdapter
from urllib3.exceptions import NewConnectionError

from novalgo_common.clock import Clock
from novalgo_common.errors import UnavailableError
from novalgo_common.events import Bar
from novalgo_executor import answers
from novalgo_executor.broker import (
    Accepted,
    Account,
    AccountEvent,
    Asset,
    BrokerFill,
    BrokerOrder,
    BrokerPosition,
    CashActivity,
    Connected,
    KeysRefusedError,
    MarketHours,
    NotSent,
    OrderRequest,
    PositionIntent,
    Quote,
    Refused,
    StreamNews,
    SubmitOutcome,
    Unsure,
)
from novalgo_executor.gate import Gate, Rank
from novalgo_executor.metrics import Metrics
from novalgo_executor.settings import Settings

log = structlog.get_logger()
T = TypeVar("T")

THREADS = 8
TIMEOUT = (3.05, 10)
"""Seconds to connect, and to wait for an answer."""
LONGEST_PAGE = 100
MOST_ORDERS = 500
MOST_BARS = 10_000
SIP_DELAY = timedelta(minutes=16)
"""Without a subscription Alpaca refuses what all exchanges traded in the last 15 minutes."""
DEFINITIVE = {400, 403, 404, 422}
"""Alpaca's answers that mean "there is no such order" to a submit."""
ABOUT_THE_ORDER = {40310000, 40310100}
"""The codes of a 403 that refuses this order; any other refuses whoever asks."""
CLOSING = (PositionIntent.BUY_TO_CLOSE, PositionIntent.SELL_TO_CLOSE)
STREAM = {"ping_interval": 5, "ping_timeout": 10, "max_queue": 1024, "open_timeout": 5}


class AlpacaBroker:
    """The `Broker` port over Alpaca."""

    def __init__(
        self, settings: Settings, clock: Clock, may_act: Callable[[], bool], metrics: Metrics
    ) -> None:
        key, secret = settings.alpaca_credentials
        self._clock = clock
        self._may_act = may_act
        self._behind: timedelta | None = None
        self._gate = Gate()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="alpaca")
        self._trading = _tame(
            TradingClient(key, secret, raw_data=True, url_override=settings.trading_url),
            _MeasuredAdapter("trading", metrics),
        )
        self._trading._session.hooks["response"].append(self._read_allowance)
        self._data = _tame(
            StockHistoricalDataClient(key, secret, raw_data=True, url_override=settings.data_url),
            _MeasuredAdapter("data", metrics),
        )
        self._stream = _Stream(
            key, secret, raw_data=True, url_override=settings.stream_url, websocket_params=STREAM
        )

    @classmethod
    @asynccontextmanager
    async def connect(
        cls, settings: Settings, clock: Clock, may_act: Callable[[], bool], metrics: Metrics
    ) -> "AsyncIterator[AlpacaBroker]":
        """Connect.  Nothing that changes the account leaves while `may_act` denies it."""
        broker = cls(settings, clock, may_act, metrics)
        try:
            yield broker
        finally:
            broker._threads.shutdown(wait=False, cancel_futures=True)

    async def submit(self, request: OrderRequest) -> SubmitOutcome:
        """Send the order once.  Never raises for what Alpaca or the network does."""
        rank = Rank.EXIT if request.position_intent in CLOSING else Rank.ENTRY
        seconds = self._gate.wait(rank, self._clock(), who=request.client_order_id)
        if seconds:
            return NotSent("Alpaca's request limit leaves no room", retry_after=seconds)
        try:
            post = self._while_ours(lambda: self._trading.post("/orders", _body(request)))
            answer = await self._call(post)
            return Accepted(answers.order(cast(answers.Answer, answer)))
        except _NotOursError as error:
            return NotSent(str(error), retry_after=1)
        except APIError as error:
            return await self._judge(request, error)
        except requests.RequestException as error:
            if _never_left(error):
                return NotSent("Alpaca cannot be reached", retry_after=2)
            return Unsure(type(error).__name__)
        except Exception as error:  # an answer that cannot be read may follow an accepted order
            return Unsure(f"unreadable answer ({type(error).__name__})")

    async def _judge(self, request: OrderRequest, error: APIError) -> SubmitOutcome:
        status = error.status_code
        if status == 429:
            seconds = self._close_gate(error)
            return NotSent("Alpaca's request limit is reached", retry_after=seconds)
        if status == 401 or (status == 403 and _code(error) not in ABOUT_THE_ORDER):
            return NotSent(f"Alpaca refuses the keys or the account (HTTP {status})", 30)
        if status not in DEFINITIVE:
            return Unsure(f"HTTP {status}")
        if status == 422:
            # Among them "client_order_id must be unique": the order may stand already.
            try:
                found = await self.find(request.client_order_id)
            except UnavailableError as unavailable:
                return Unsure(str(unavailable))
            if found is not None:
                return Accepted(found)
        return Refused(_message(error))

    def _close_gate(self, error: APIError) -> float:
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

    async def find(self, client_order_id: str) -> BrokerOrder | None:
        query = {"client_order_id": client_order_id}
        answer = await self._get("/orders:by_client_order_id", query, missing=None)
        return answers.order(answer) if answer is not None else None

    async def order(self, order_id: str) -> BrokerOrder | None:
        answer = await self._get(f"/orders/{escape(order_id, safe='')}", missing=None)
        return answers.order(answer) if answer is not None else None

    async def cancel(self, order_id: str) -> None:
        path = f"/orders/{escape(order_id, safe='')}"
        try:
            await self._ask(self._while_ours(lambda: self._trading.delete(path)))
        except _DefiniteError:
            log.info("order.not_cancelable", order_id=order_id)

    async def orders(self, after: datetime) -> Sequence[BrokerOrder]:
        since = after - await self._clock_behind()
        query = {
            "status": "all",
            "limit": MOST_ORDERS,
            "nested": "false",
            "after": since.isoformat(),
        }
        return [answers.order(item) for item in await self._get("/orders", query)]

    async def fills(self, after: datetime) -> Sequence[BrokerFill]:
        since = after - await self._clock_behind()
        return await self._fills({"after": since.isoformat()})

    async def fills_of(self, order_id: str) -> Sequence[BrokerFill]:
        return await self._fills({"order_id": order_id})

    async def _fills(self, of: dict[str, Any]) -> Sequence[BrokerFill]:
        return [answers.fill(item) for item in await self._activities("/FILL", of)]

    async def cash(self, after: datetime) -> Sequence[CashActivity]:
        since = after - await self._clock_behind()
        of = {"category": "non_trade_activity", "after": since.isoformat()}
        found: list[CashActivity] = []
        for item in await self._activities("", of):
            try:
                activity = answers.cash(item)
            except answers.UnreadableError as error:
                # It hides none of the others.
                log.warning("broker.cash_unreadable", error=str(error))
                continue
            found += [activity] if activity is not None else []
        return found

    async def _activities(self, kind: str, of: dict[str, Any]) -> Sequence[answers.Answer]:
        query = {**of, "direction": "asc", "page_size": LONGEST_PAGE}
        found: list[answers.Answer] = []
        while True:
            page = await self._get(f"/account/activities{kind}", query)
            found += page
            if len(page) < LONGEST_PAGE:
                return found
            query["page_token"] = page[-1]["id"]

    async def events(self, after: datetime) -> Sequence[AccountEvent]:
        since = after - await self._clock_behind()
        until = self._clock() + timedelta(days=1)
        query = {"since": since.isoformat(), "until": until.isoformat()}
        try:
            return answers.events(await self._ask(lambda: self._read_events(query)))
        except (_DefiniteError, KeysRefusedError) as error:
            # What it would have told is then seen as a difference in the positions.
            log.warning("broker.no_events", problem=str(error))
            return []

    def _read_events(self, query: Mapping[str, str]) -> str:
        """Return the text; the SDK itself reads nothing but JSON."""
        client = self._trading
        answer = client._session.get(
            f"{client._base_url}/v2beta1/events/activities",
            params=query,
            headers=client._get_default_headers(),
            allow_redirects=False,
        )
        try:
            answer.raise_for_status()
        except requests.HTTPError as error:
            raise APIError(answer.text, error) from None  # type: ignore[no-untyped-call]
        return answer.text

    async def positions(self) -> Sequence[BrokerPosition]:
        return [answers.position(item) for item in await self._get("/positions")]

    async def position(self, symbol: str) -> Decimal:
        answer = await self._get(f"/positions/{escape(symbol, safe='')}", missing=None)
        return answers.position(answer).quantity if answer is not None else Decimal(0)

    async def account(self) -> Account:
        return answers.account(await self._get("/account"))

    async def hours(self) -> MarketHours:
        answer = await self._get("/clock")
        self._behind = max(timedelta(), self._clock() - answers.clock(answer))
        return answers.hours(answer)

    async def _clock_behind(self) -> timedelta:
        """Return how far Alpaca's clock, which dates the fills, is behind ours."""
        if self._behind is None:
            await self.hours()
        return self._behind or timedelta()

    async def asset(self, symbol: str) -> Asset | None:
        answer = await self._get(f"/assets/{escape(symbol, safe='')}", missing=None)
        return answers.asset(answer) if answer is not None else None

    async def quotes(self, symbols: Sequence[str]) -> Mapping[str, Quote]:
        query = {"symbols": ",".join(symbols)}
        answer: Any = await self._ask(
            lambda: self._data.get("/stocks/quotes/latest", query), is_data=True
        )
        read = {symbol: answers.quote(item) for symbol, item in answer["quotes"].items()}
        return {symbol: quote for symbol, quote in read.items() if quote is not None}

    async def bars(
        self, symbol: str, timeframe: str, start: datetime, end: datetime
    ) -> Sequence[Bar]:
        query: dict[str, Any] = {
            "symbols": symbol,
            "timeframe": timeframe.replace(" ", ""),
            "start": start.isoformat(),
            "end": min(end, self._clock() - SIP_DELAY).isoformat(),
            "adjustment": "split",
            "limit": MOST_BARS,
        }
        found: list[Bar] = []
        try:
            while True:
                page: Any = await self._ask(
                    lambda: self._data.get("/stocks/bars", query), is_data=True
                )
                found += [answers.bar(item) for item in page["bars"].get(symbol, ())]
                if page.get("next_page_token") is None:
                    return found
                query["page_token"] = page["next_page_token"]
        except _DefiniteError as error:
            raise UnavailableError(f"Alpaca answers {error.status} to a request for bars") from None

    async def updates(self) -> AsyncIterator[StreamNews]:
        """Yield what the order stream says, for ever; it reconnects by itself."""
        running = asyncio.create_task(self._stream.run_until_cancelled())
        try:
            while True:
                message = await self._stream.news.get()
                if message is None:
                    yield Connected()
                    continue
                try:
                    yield answers.update(message)
                except answers.UnreadableError as error:
                    # Reconciliation will find out what it was about.
                    log.warning("stream.unreadable", error=str(error))
        finally:
            running.cancel()

    async def _get(self, path: str, query: dict[str, Any] | None = None, **missing: None) -> Any:
        """Return an answer; with `missing` given, that where Alpaca answers 404."""
        try:
            return await self._ask(lambda: self._trading.get(path, query))
        except _DefiniteError as error:
            if error.status == 404 and "missing" in missing:
                return None
            raise UnavailableError(f"Alpaca answers {error.status} to {path}") from None

    async def _ask(self, call: Callable[[], T], *, is_data: bool = False) -> T:
        # Market data have an allowance of their own.
        if not is_data and self._gate.wait(Rank.QUESTION, self._clock()):
            raise UnavailableError("Alpaca's request limit is reached")
        with _unavailable():
            try:
                return await self._call(call)
            except APIError as error:
                status = error.status_code
                if status == 429 and not is_data:
                    self._close_gate(error)
                if status in (401, 403):
                    raise KeysRefusedError(f"Alpaca refuses the keys (HTTP {status})") from None
                if status in DEFINITIVE:
                    raise _DefiniteError(status) from None
                raise

    def _while_ours(self, call: Callable[[], T]) -> Callable[[], T]:
        def act() -> T:
            # In the thread: the process may have been stopped while the call waited for one.
            if not self._may_act():
                raise _NotOursError("another executor may be trading")
            return call()

        return act

    async def _call(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)


class _NotOursError(Exception):
    """Nothing has left, because it is not certain that this process may act."""


class _DefiniteError(Exception):
    """A definite refusal of a request that places nothing."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except (_DefiniteError, KeysRefusedError):
        raise
    except _NotOursError as error:
        raise UnavailableError(str(error)) from None
    except APIError as error:
        raise UnavailableError(f"Alpaca answers HTTP {error.status_code}") from None
    except requests.RequestException as error:
        raise UnavailableError(f"Alpaca cannot be reached ({type(error).__name__})") from None
    except (ValueError, TypeError) as error:
        raise UnavailableError(f"Alpaca's answer is unreadable ({type(error).__name__})") from None


class _MeasuredAdapter(HTTPAdapter):
    """Gives every request a timeout, and tells what came of it."""

    def __init__(self, api: str, metrics: Metrics) -> None:
        super().__init__(pool_maxsize=THREADS, pool_block=True)
        self._api = api
        self._metrics = metrics

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


C = TypeVar("C", bound=RESTClient)


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


class _Stream(TradingStream):
    """alpaca-py's stream, handing everything to a queue: an exception in it would lose updates."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.news: asyncio.Queue[Mapping[str, Any] | None] = asyncio.Queue()
        self.subscribe_trade_updates(self._hand_over)

    async def run_until_cancelled(self) -> None:
        try:
            await self._run_forever()  # type: ignore[no-untyped-call]
        finally:
            await self.close()

    async def _hand_over(self, message: Mapping[str, Any]) -> None:
        self.news.put_nowait(message)

    async def _start_ws(self) -> None:
        await super()._start_ws()  # type: ignore[no-untyped-call]
        self.news.put_nowait(None)


def _body(request: OrderRequest) -> dict[str, str]:
    size = (
        {"notional": format(request.notional, "f")}
        if request.notional is not None
        else {"qty": format(request.quantity, "f")}
    )
    return {
        "symbol": request.symbol,
        **size,
        "side": request.side.value,
        "type": "market",
        "time_in_force": "day",
        "client_order_id": request.client_order_id,
        "position_intent": request.position_intent.value,
    }


def _never_left(error: requests.RequestException) -> bool:
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(cause, NewConnectionError)


def _code(error: APIError) -> int | None:
    try:
        return int(error.code)
    except (ValueError, KeyError, TypeError):
        return None


def _message(error: APIError) -> str:
    try:
        return str(error.message)
    except (ValueError, KeyError, TypeError):
        return f"Alpaca answers HTTP {error.status_code}"
