"""What executor asks of Alpaca, and what the answers mean.

Amounts leave as text, and answers are read by answers.py.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote as escape

import requests
import structlog
from alpaca.common.exceptions import APIError

from novalgo_common.clock import Clock
from novalgo_common.errors import UnavailableError
from novalgo_common.events import Bar
from novalgo_executor import answers
from novalgo_executor.alpaca.errors import (
    DEFINITIVE,
    DefiniteError,
    NotOursError,
    message,
    never_left,
    refuses_whoever_asks,
)
from novalgo_executor.alpaca.session import Session
from novalgo_executor.alpaca.stream import Stream
from novalgo_executor.broker import (
    Accepted,
    Account,
    AccountEvent,
    Asset,
    BrokerFill,
    BrokerOrder,
    BrokerPosition,
    CashActivity,
    KeysRefusedError,
    MarketHours,
    NotSent,
    OrderRequest,
    Quote,
    Refused,
    StreamNews,
    SubmitOutcome,
    Unsure,
)
from novalgo_executor.gate import Rank
from novalgo_executor.metrics import Metrics
from novalgo_executor.settings import Settings

log = structlog.get_logger()

LONGEST_PAGE = 100
MOST_ORDERS = 500
MOST_BARS = 10_000
SIP_DELAY = timedelta(minutes=16)
"""Without a subscription Alpaca refuses what all exchanges traded in the last 15 minutes."""
EVENTS = "/v2beta1/events/activities"


class AlpacaBroker:
    """The `Broker` port over Alpaca."""

    def __init__(
        self, session: Session, stream: Stream, clock: Clock, elapsed: Callable[[], float]
    ) -> None:
        self._session = session
        self._stream = stream
        self._clock = clock
        self._elapsed = elapsed
        self._their_time: tuple[datetime, float] | None = None

    @classmethod
    @asynccontextmanager
    async def connect(
        cls,
        settings: Settings,
        clock: Clock,
        elapsed: Callable[[], float],
        may_act: Callable[[], bool],
        metrics: Metrics,
    ) -> "AsyncIterator[AlpacaBroker]":
        """Connect.  Nothing that changes the account leaves while `may_act` denies it."""
        session = Session(settings, clock, may_act, metrics)
        try:
            yield cls(session, Stream(settings), clock, elapsed)
        finally:
            session.close()

    async def submit(self, request: OrderRequest) -> SubmitOutcome:
        """Send the order once.  Never raises for what Alpaca or the network does."""
        rank = Rank.EXIT if request.is_closing else Rank.ENTRY
        seconds = self._session.wait(rank, who=request.client_order_id)
        if seconds:
            return NotSent("Alpaca's request limit leaves no room", retry_after=seconds)
        try:
            return Accepted(answers.order(await self._session.post("/orders", _body(request))))
        except NotOursError as error:
            return NotSent(str(error), retry_after=1)
        except APIError as error:
            return await self._judge(request, error)
        except requests.RequestException as error:
            if never_left(error):
                return NotSent("Alpaca cannot be reached", retry_after=2)
            return Unsure(type(error).__name__)
        except Exception as error:  # an answer that cannot be read may follow an accepted order
            return Unsure(f"unreadable answer ({type(error).__name__})")

    async def _judge(self, request: OrderRequest, error: APIError) -> SubmitOutcome:
        status = error.status_code
        if status == 429:
            seconds = self._session.close_gate(error)
            return NotSent("Alpaca's request limit is reached", retry_after=seconds)
        if refuses_whoever_asks(error):
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
        return Refused(message(error))

    async def find(self, client_order_id: str) -> BrokerOrder | None:
        query = {"client_order_id": client_order_id}
        answer = await self._session.get("/orders:by_client_order_id", query, missing=None)
        return answers.order(answer) if answer is not None else None

    async def order(self, order_id: str) -> BrokerOrder | None:
        answer = await self._session.get(f"/orders/{escape(order_id, safe='')}", missing=None)
        return answers.order(answer) if answer is not None else None

    async def cancel(self, order_id: str) -> None:
        path = f"/orders/{escape(order_id, safe='')}"
        try:
            await self._session.delete(path)
        except DefiniteError:
            log.info("order.not_cancelable", order_id=order_id)

    async def orders(self, after: datetime) -> Sequence[BrokerOrder]:
        since = after - await self._clock_behind()
        query = {
            "status": "all",
            "limit": MOST_ORDERS,
            "nested": "false",
            "after": since.isoformat(),
        }
        return [answers.order(item) for item in await self._session.get("/orders", query)]

    async def fills(self, after: datetime) -> Sequence[BrokerFill]:
        since = after - await self._clock_behind()
        return await self._fills({"after": since.isoformat()})

    async def fills_of(self, order_id: str) -> Sequence[BrokerFill]:
        return await self._fills({"order_id": order_id})

    async def _fills(self, of: dict[str, Any]) -> Sequence[BrokerFill]:
        return [answers.fill(item) async for item in self._activities("/FILL", of)]

    async def cash(self, after: datetime) -> Sequence[CashActivity]:
        since = after - await self._clock_behind()
        of = {"category": "non_trade_activity", "after": since.isoformat()}
        found: list[CashActivity] = []
        async for item in self._activities("", of):
            try:
                activity = answers.cash(item)
            except answers.UnreadableError as error:
                # It hides none of the others.
                log.warning("broker.cash_unreadable", error=str(error))
                continue
            found += [activity] if activity is not None else []
        return found

    async def _activities(self, kind: str, of: dict[str, Any]) -> AsyncIterator[answers.Answer]:
        query = {**of, "direction": "asc", "page_size": LONGEST_PAGE}
        while True:
            page = await self._session.get(f"/account/activities{kind}", query)
            for item in page:
                yield item
            if len(page) < LONGEST_PAGE:
                return
            query["page_token"] = page[-1]["id"]

    async def events(self, after: datetime) -> Sequence[AccountEvent]:
        since = after - await self._clock_behind()
        until = self._clock() + timedelta(days=1)
        query = {"since": since.isoformat(), "until": until.isoformat()}
        try:
            return await self._session.read(EVENTS, query, answers.events)
        except (DefiniteError, KeysRefusedError) as error:
            # What it would have told is then seen as a difference in the positions.
            log.warning("broker.no_events", problem=str(error))
            return []

    async def positions(self) -> Sequence[BrokerPosition]:
        return [answers.position(item) for item in await self._session.get("/positions")]

    async def position(self, symbol: str) -> Decimal:
        answer = await self._session.get(f"/positions/{escape(symbol, safe='')}", missing=None)
        return answers.position(answer).quantity if answer is not None else Decimal(0)

    async def account(self) -> Account:
        return answers.account(await self._session.get("/account"))

    async def hours(self) -> MarketHours:
        answer = await self._session.get("/clock")
        self._their_time = (answers.clock(answer), self._elapsed())
        return answers.hours(answer)

    async def _clock_behind(self) -> timedelta:
        """Return how far Alpaca's clock, which dates the fills, is behind ours as that is now."""
        if self._their_time is None:
            await self.hours()
        assert self._their_time is not None
        stated, at = self._their_time
        theirs = stated + timedelta(seconds=self._elapsed() - at)
        return max(timedelta(), self._clock() - theirs)

    async def asset(self, symbol: str) -> Asset | None:
        answer = await self._session.get(f"/assets/{escape(symbol, safe='')}", missing=None)
        return answers.asset(answer) if answer is not None else None

    async def quotes(self, symbols: Sequence[str]) -> Mapping[str, Quote]:
        query = {"symbols": ",".join(symbols)}
        answer = await self._session.data("/stocks/quotes/latest", query)
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
                page = await self._session.data("/stocks/bars", query)
                found += [answers.bar(item) for item in page["bars"].get(symbol, ())]
                if page.get("next_page_token") is None:
                    return found
                query["page_token"] = page["next_page_token"]
        except DefiniteError as error:
            raise UnavailableError(f"Alpaca answers {error.status} to a request for bars") from None

    def updates(self) -> AsyncIterator[StreamNews]:
        """Yield what the order stream says, for ever; it reconnects by itself."""
        return self._stream.news()


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
