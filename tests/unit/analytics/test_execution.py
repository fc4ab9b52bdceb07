"""How fast, at which price, and why not."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from novalgo_analytics.execution.endings import EndingCount, Endings
from novalgo_analytics.execution.slippage import Slippage, Slippages
from novalgo_analytics.execution.way import Delays, Milestone, Way, percentile
from novalgo_analytics.facts import OrderDone
from novalgo_analytics.store import Store
from novalgo_common.events import Ending, Event, Leg, Side
from novalgo_common.store import Database
from tests.builders import (
    NOON,
    SECOND,
    a_bust,
    a_fill,
    a_signal,
    a_signal_decided,
    a_signal_ended,
    a_status_written,
    an_order_ended,
    an_order_submitted,
)
from tests.stores import stored_in

DAY = timedelta(days=1)


def an_order(**changes: object) -> OrderDone:
    ordinary: dict[str, object] = {
        "client_order_id": "nova-open-1",
        "symbol": "AAPL",
        "timeframe": "15 Min",
        "leg": Leg.OPEN,
        "side": Side.BUY,
        "submitted_at": NOON,
        "alert_price": Decimal(100),
        "quote_price": Decimal("100.50"),
        "filled_quantity": Decimal(10),
        "filled_price": Decimal(101),
        "status": "filled",
        "detail": "",
    }
    return OrderDone(**(ordinary | changes))  # type: ignore[arg-type]


def a_way(number: int, **seconds: float) -> Way:
    return Way(
        signal_id=f"signal-{number}",
        symbol="AAPL",
        timeframe="15 Min",
        ending=Ending.FILLED,
        reason=None,
        times={Milestone(name): NOON + value * SECOND for name, value in seconds.items()},
    )


def test_a_stretch_has_its_percentiles_and_its_worst_signal() -> None:
    delays = Delays()
    for number in range(1, 101):
        delays.add(a_way(number, alert=0, received=number / 10))

    [delay] = delays.found()

    assert (delay.start, delay.end, delay.count) == (Milestone.ALERT, Milestone.RECEIVED, 100)
    assert (delay.median, delay.p95, delay.p99, delay.worst) == (5.0, 9.5, 9.9, 10.0)
    assert delay.worst_signal == "signal-100"


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([1.0], 0.99) == 1.0
    assert percentile([1.0, 2.0], 0.5) == 1.0
    assert percentile([1.0, 2.0, 3.0], 0.95) == 3.0


def slippages(*orders: OrderDone) -> dict[str, Slippage]:
    found = Slippages()
    for order in orders:
        found.add(order)
    return {each.reference: each for each in found.found()}


def test_a_buy_above_its_reference_and_a_sale_below_it_lose() -> None:
    buy, sale = an_order(), an_order(side=Side.SELL, filled_price=Decimal("99.5"))

    lost = slippages(buy, sale)["the alert's price"]

    assert lost.dollars == 10 + 5
    assert lost.basis_points == pytest.approx(75)
    assert lost.worst.order is buy
    assert lost.worst.basis_points == pytest.approx(100)


def test_a_fill_that_is_better_than_the_quote_is_a_gain() -> None:
    found = slippages(an_order(filled_price=Decimal("100.40")))

    assert found["the quote at submit"].dollars == -1


def test_orders_without_a_price_to_compare_tell_nothing() -> None:
    found = slippages(an_order(alert_price=None), an_order(filled_price=None))

    assert list(found) == ["the quote at submit"]


def test_endings_are_counted_by_their_reason() -> None:
    def ended(ending: Ending | None, reason: str | None = None) -> Way:
        way = a_way(1)
        return Way(
            signal_id="1", symbol=way.symbol, timeframe="", ending=ending, reason=reason, times={}
        )

    endings = Endings()
    for way in (ended(Ending.FILLED), ended(Ending.DECLINED, "halted"), ended(Ending.FILLED)):
        endings.add(way)

    assert endings.found() == (
        EndingCount(Ending.FILLED, None, 2),
        EndingCount(Ending.DECLINED, "halted", 1),
    )


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with Database.open(stored_in(tmp_path), "analytics") as database:
        yield Store(database, lambda: NOON)


def a_story() -> list[Event]:
    """Return a signal's whole way, as four services tell it, and a fill that was undone."""
    signal = a_signal(
        alert_at=NOON,
        occurred_at=NOON + SECOND,
        stored_at=NOON + 1.5 * SECOND,
        price=Decimal("199.00"),
    )
    own = {"correlation_id": signal.event_id}
    half = {"quantity": Decimal(10), **own}
    undone = a_fill(filled_at=NOON + 9 * SECOND, price=Decimal(1), **half)
    return [
        signal,
        a_signal_decided(occurred_at=NOON + 2 * SECOND, **own),
        an_order_submitted(occurred_at=NOON + 3 * SECOND, **own),
        a_fill(filled_at=NOON + 4 * SECOND, price=Decimal(200), **half),
        a_fill(filled_at=NOON + 6 * SECOND, price=Decimal(202), **half),
        an_order_ended(occurred_at=NOON + 6 * SECOND, **own),
        a_signal_ended(occurred_at=NOON + 6 * SECOND, **own),
        a_status_written(occurred_at=NOON + 5 * SECOND, **own),
        a_status_written(occurred_at=NOON + 8 * SECOND, **own),
        a_bust(undone, **own),
        undone,
    ]


async def everything_in(
    store: Store, start: datetime, end: datetime
) -> tuple[list[Way], list[OrderDone]]:
    ways: list[Way] = []
    orders: list[OrderDone] = []
    await store.each_way(start, end, ways.append)
    await store.each_order(start, end, orders.append)
    return ways, orders


@pytest.mark.anyio
@pytest.mark.usefixtures("on_both")
@pytest.mark.parametrize("backwards", [False, True])
async def test_the_journal_tells_the_way_of_a_signal_in_any_order(
    store: Store, backwards: bool
) -> None:
    story = a_story()
    for event in reversed(story) if backwards else story:
        await store.record(event)

    ways, orders = await everything_in(store, NOON - DAY, NOON + DAY)
    [way], [order] = ways, orders

    reached = {milestone: (at - NOON) / SECOND for milestone, at in way.times.items()}
    assert reached == {
        Milestone.ALERT: 0,
        Milestone.RECEIVED: 1,
        Milestone.STORED: 1.5,
        Milestone.DECIDED: 2,
        Milestone.SUBMITTED: 3,
        Milestone.FILLED: 9,
        Milestone.SHOWN: 8,
    }
    assert order.filled_quantity == 20
    assert order.filled_price == 201
    assert order.alert_price == 199
    assert order.quote_price == 200
    assert order.status == "filled"


@pytest.mark.anyio
@pytest.mark.usefixtures("on_both")
async def test_a_time_s_signals_and_orders_come_in_their_order_and_no_others(
    store: Store,
) -> None:
    for hour in (3, 1, 2, 0):
        signal = a_signal(occurred_at=NOON + timedelta(hours=hour))
        own = {"correlation_id": signal.event_id, "client_order_id": f"nv-{hour}"}
        await store.record(signal)
        await store.record(an_order_submitted(occurred_at=signal.occurred_at + SECOND, **own))
        await store.record(an_order_ended(**own))

    ways, orders = await everything_in(store, NOON + timedelta(hours=1), NOON + timedelta(hours=3))

    assert [way.times[Milestone.RECEIVED] for way in ways] == [
        NOON + timedelta(hours=1),
        NOON + timedelta(hours=2),
    ]
    assert [order.client_order_id for order in orders] == ["nv-1", "nv-2"]
    assert [order.filled_price for order in orders] == [None, None]
