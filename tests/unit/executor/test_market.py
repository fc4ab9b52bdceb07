"""How sparingly Alpaca is asked for quotes and hours, and what is asked before it is wanted."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import cast

import pytest

from novalgo_common.errors import UnavailableError
from novalgo_executor.broker import Broker, MarketHours, Quote
from novalgo_executor.market import Market
from tests.builders import NOON
from tests.waiting import until

pytestmark = pytest.mark.anyio

QUOTE = Quote(bid=Decimal(99), ask=Decimal(101))


class SlowQuotes:
    """The quotes of an Alpaca that answers when it is told to."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.answering = asyncio.Event()
        self.failure: Exception | None = None

    async def quotes(self, symbols: Sequence[str]) -> Mapping[str, Quote]:
        self.asked.append(list(symbols))
        await self.answering.wait()
        if self.failure is not None:
            raise self.failure
        return dict.fromkeys(symbols, QUOTE)


class Sessions(SlowQuotes):
    """An Alpaca whose sessions last from 09:30 to 16:00 UTC, and that is asked by that clock."""

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.now = now
        self.asked_for_hours = 0

    async def hours(self) -> MarketHours:
        self.asked_for_hours += 1
        opens, closes = (self._next(time(9, 30)), self._next(time(16)))
        return MarketHours(is_open=closes < opens, next_open=opens, next_close=closes)

    def _next(self, at: time) -> datetime:
        today = datetime.combine(self.now.date(), at, UTC)
        return today if today > self.now else today + timedelta(days=1)


def a_market(alpaca: SlowQuotes) -> Market:
    return Market(cast(Broker, alpaca), lambda: NOON)


async def test_wishes_that_come_during_a_call_share_the_next() -> None:
    alpaca = SlowQuotes()
    market = a_market(alpaca)

    first = asyncio.create_task(market.quote("AAPL"))
    await until(lambda: alpaca.asked == [["AAPL"]])
    others = [asyncio.create_task(market.quote(symbol)) for symbol in ("TSLA", "MSFT", "AAPL")]
    alpaca.answering.set()

    assert await asyncio.gather(first, *others) == [QUOTE] * 4
    assert alpaca.asked == [["AAPL"], ["AAPL", "MSFT", "TSLA"]]


async def test_a_failed_call_fails_those_who_waited_for_it_alone() -> None:
    alpaca = SlowQuotes()
    market = a_market(alpaca)
    alpaca.failure = UnavailableError("Alpaca is away")

    failing = asyncio.create_task(market.quote("AAPL"))
    await until(lambda: bool(alpaca.asked))
    alpaca.answering.set()
    with pytest.raises(UnavailableError):
        await failing
    alpaca.failure = None

    assert await market.quote("AAPL") == QUOTE


async def test_a_night_that_nobody_looked_at_ends_the_session_all_the_same() -> None:
    alpaca = Sessions(datetime(2026, 11, 16, 15, 59, tzinfo=UTC))
    market = Market(cast(Broker, alpaca), lambda: alpaca.now)
    await market.hours()

    alpaca.now = datetime(2026, 11, 17, 9, 30, tzinfo=UTC)
    await market.hours()

    assert market.open_since == alpaca.now


async def test_hours_from_before_our_clock_was_set_back_are_not_believed() -> None:
    alpaca = Sessions(datetime(2026, 11, 16, 15, 0, tzinfo=UTC))
    ours = alpaca.now
    market = Market(cast(Broker, alpaca), lambda: ours)
    assert (await market.hours()).is_open

    alpaca.now, ours = alpaca.now + timedelta(hours=2), ours - timedelta(hours=1)

    assert not (await market.hours()).is_open


@dataclass
class Exchange:
    """A market by a clock that stands still, and what it has asked of Alpaca."""

    alpaca: Sessions
    market: Market

    @classmethod
    def open(cls) -> "Exchange":
        alpaca = Sessions(datetime(2026, 11, 16, 15, 0, tzinfo=UTC))
        return cls(alpaca, Market(cast(Broker, alpaca), lambda: alpaca.now))

    def passes(self, seconds: float) -> None:
        self.alpaca.now += timedelta(seconds=seconds)

    async def looks_ahead(self) -> None:
        """Ask ahead for AAPL, and wait until that has reached Alpaca."""
        before = len(self.alpaca.asked)
        self.market.look_ahead(quote_of="AAPL")
        await until(lambda: len(self.alpaca.asked) > before)


async def test_who_wants_a_quote_gets_the_one_that_was_asked_for_ahead() -> None:
    exchange = Exchange.open()
    await exchange.looks_ahead()
    exchange.alpaca.answering.set()

    assert await exchange.market.quote("AAPL") == QUOTE
    assert exchange.alpaca.asked == [["AAPL"]]


async def test_an_answer_is_for_one_who_wants_it() -> None:
    exchange = Exchange.open()
    await exchange.looks_ahead()
    exchange.alpaca.answering.set()

    await exchange.market.quote("AAPL")
    await exchange.market.quote("AAPL")

    assert exchange.alpaca.asked == [["AAPL"], ["AAPL"]]


async def test_who_wants_it_late_has_it_asked_for_anew() -> None:
    exchange = Exchange.open()
    await exchange.looks_ahead()
    exchange.alpaca.answering.set()
    exchange.passes(1)

    await exchange.market.quote("AAPL")

    assert exchange.alpaca.asked == [["AAPL"], ["AAPL"]]


async def test_what_fails_ahead_is_asked_again_by_who_wants_it() -> None:
    exchange = Exchange.open()
    exchange.alpaca.failure = UnavailableError("Alpaca is away")
    await exchange.looks_ahead()
    wanting = asyncio.create_task(exchange.market.quote("AAPL"))
    exchange.alpaca.answering.set()
    with pytest.raises(UnavailableError):
        await wanting
    assert exchange.alpaca.asked == [["AAPL"], ["AAPL"]]


async def test_a_signal_has_the_hours_renewed_once_they_are_some_seconds_old() -> None:
    exchange = Exchange.open()
    exchange.alpaca.answering.set()
    await exchange.market.hours()

    exchange.passes(3)
    await exchange.looks_ahead()
    await exchange.market.quote("AAPL")
    asked_early = exchange.alpaca.asked_for_hours
    exchange.passes(1)
    await exchange.looks_ahead()
    await until(lambda: exchange.alpaca.asked_for_hours == 2)
    await exchange.market.hours()

    assert asked_early == 1
    assert exchange.alpaca.asked_for_hours == 2


async def test_a_signal_that_opens_nothing_asks_for_no_quote() -> None:
    exchange = Exchange.open()

    exchange.market.look_ahead(quote_of=None)
    await until(lambda: exchange.alpaca.asked_for_hours == 1)

    assert exchange.alpaca.asked == []
