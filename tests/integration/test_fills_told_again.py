"""Stream and poll tell of the same fills, and the bus delivers again: each share counts once.

Executor's counting and analytics' bookkeeping are the real ones, each on a store of its own.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from novalgo_analytics.accounting.statement import statement
from novalgo_analytics.bookkeeper import Bookkeeper
from novalgo_analytics.settings import Settings as AnalyticsSettings
from novalgo_analytics.store import Store as Journal
from novalgo_common.events import Event, Leg, OrderStatus, Side
from novalgo_common.store import Database
from novalgo_executor.allocate import Holdings
from novalgo_executor.broker import BrokerFill, BrokerOrder, OrderRequest, PositionIntent
from novalgo_executor.settings import Settings as ExecutorSettings
from novalgo_executor.steps import Submit
from novalgo_executor.store import Effect, Store
from tests.builders import NOON, SYMBOL, a_signal
from tests.unit.executor.builders import a_stored_signal, store_intent

MOST = 1000


@dataclass(frozen=True, slots=True)
class Filled:
    """An order of one book, and the executions that it has had."""

    number: int
    timeframe: str
    fills: Sequence[BrokerFill]

    def as_of(self, cumulative: Decimal) -> BrokerOrder:
        total = self.fills[-1].cumulative
        return BrokerOrder(
            order_id=f"order-{self.number}",
            client_order_id=f"nv-{self.number}",
            symbol=SYMBOL,
            side=self.fills[0].side,
            status=OrderStatus.FILLED if cumulative == total else OrderStatus.OPEN,
            filled_quantity=cumulative,
            filled_average_price=self.fills[0].price,
        )


@dataclass(frozen=True, slots=True)
class Telling:
    """One execution, told once: by the stream, or by a poll."""

    order: Filled
    fill: BrokerFill
    by_stream: bool


@dataclass(frozen=True, slots=True)
class Numbers:
    books: Mapping[str, Holdings]
    """Executor's."""
    statement: str
    """Analytics', to the last digit."""


@st.composite
def days(draw: st.DrawFn) -> list[Filled]:
    """Draw one to four orders, each filled in some parts, at times that may be equal."""
    found = []
    for number in range(draw(st.integers(1, 4))):
        side, price = draw(st.sampled_from(Side)), Decimal(draw(st.integers(1, MOST)))
        cuts = sorted(draw(st.sets(st.integers(1, MOST), min_size=1, max_size=3)))
        fills = [
            BrokerFill(
                order_id=f"order-{number}",
                symbol=SYMBOL,
                side=side,
                quantity=Decimal(end - start),
                cumulative=Decimal(end),
                price=price + start,
                filled_at=NOON + timedelta(minutes=draw(st.integers(0, 3))),
            )
            for start, end in pairwise([0, *cuts])
        ]
        found.append(Filled(number, draw(st.sampled_from(["15 Min", "30 Min"])), fills))
    return found


def each_once(day: Sequence[Filled]) -> list[Telling]:
    return [Telling(order, fill, by_stream=True) for order in day for fill in order.fills]


def told_again(day: Sequence[Filled], chance: Random) -> list[Telling]:
    """Return each fill 0 to 3 times by the stream and as often by polls, in any order.

    What the stream never told, a poll tells: it asks until all is there.
    """
    tellings = []
    for order in day:
        for fill in order.fills:
            by_stream = chance.randint(0, 3)
            by_poll = chance.randint(0 if by_stream else 1, 3)
            tellings += [Telling(order, fill, by_stream=True)] * by_stream
            tellings += [Telling(order, fill, by_stream=False)] * by_poll
    chance.shuffle(tellings)
    return tellings


async def counted(
    folder: Path, day: Sequence[Filled], tellings: Sequence[Telling]
) -> tuple[Mapping[str, Holdings], list[Event]]:
    """Return what executor holds after these tellings, and what it publishes."""
    async with Database.open(ExecutorSettings(data_dir=folder), "executor") as database:
        store = Store(database, lambda: NOON)
        for order in day:
            await _place(store, order)
        for telling in tellings:
            if telling.by_stream:
                stated = telling.order.as_of(telling.fill.cumulative)
                assert await store.apply(stated, telling.fill) is not Effect.FOREIGN
            else:
                assert await store.count_fill(telling.fill)
        waiting = await store.outbox.waiting(MOST)
        return await store.known_positions(), [each.event for each in waiting]


async def _place(store: Store, order: Filled) -> None:
    signal_id = UUID(int=order.number)
    first = order.fills[0]
    await store.add_signal(a_signal(event_id=signal_id, timeframe=order.timeframe))
    submit = Submit(
        request=OrderRequest(
            client_order_id=f"nv-{order.number}",
            symbol=SYMBOL,
            side=first.side,
            quantity=order.fills[-1].cumulative,
            notional=None,
            position_intent=PositionIntent.BUY_TO_OPEN,
        ),
        leg=Leg.OPEN,
        part=1,
        leg_quantity=order.fills[-1].cumulative,
        quote_price=None,
    )
    signal = a_stored_signal(signal_id=signal_id, timeframe=order.timeframe)
    await store_intent(store, signal, submit)
    await store.apply(order.as_of(Decimal(0)))


async def numbers(
    day: Sequence[Filled], tellings: Sequence[Telling], deliveries: Random | None = None
) -> Numbers:
    """Return both services' numbers; with `deliveries` the bus brings events again, in any order.

    Analytics looks at its books after each of them, so that late fills count too.
    """
    with TemporaryDirectory() as folder:
        books, events = await counted(Path(folder), day, tellings)
        if deliveries is not None:
            events = [event for event in events for _ in range(deliveries.randint(1, 3))]
            deliveries.shuffle(events)
        async with Database.open(AnalyticsSettings(data_dir=Path(folder)), "analytics") as database:
            journal = Journal(database, lambda: NOON)
            bookkeeper = Bookkeeper(journal)
            for event in events:
                await journal.record(event)
                ledgers = await bookkeeper.ledgers()
            return Numbers(books, statement(ledgers[SYMBOL]))


@settings(max_examples=12)
@given(day=days(), chance=st.randoms(use_true_random=False))
def test_each_fill_told_0_to_3_times_by_stream_and_poll_gives_the_numbers_of_each_once(
    day: list[Filled], chance: Random
) -> None:
    again = asyncio.run(numbers(day, told_again(day, chance), chance))

    assert again == asyncio.run(numbers(day, each_once(day)))
