"""News of an order: what repeats what is known costs the disk nothing."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from novalgo_common.events import Leg, OrderStatus, Side
from novalgo_common.settings import Settings
from novalgo_common.store import Database
from novalgo_executor.broker import BrokerOrder
from novalgo_executor.steps import Submit
from novalgo_executor.store import Effect, Store
from tests.builders import NOON, SYMBOL, a_signal
from tests.unit.executor.builders import an_order, store_intent

pytestmark = pytest.mark.anyio

REQUEST = an_order().request


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Return a store with an order whose request is on its way."""
    settings = Settings.model_validate({"data_dir": tmp_path})
    async with Database.open(settings, "executor") as database:
        store = Store(database, lambda: NOON)
        await store.add_signal(a_signal())
        [signal] = await store.active_signals(SYMBOL)
        await store_intent(store, signal, Submit(REQUEST, Leg.OPEN, 1, Decimal(25), None))
        yield store


def stated(status: OrderStatus, **changes: object) -> BrokerOrder:
    fields: dict[str, object] = {
        "order_id": "an-order",
        "client_order_id": REQUEST.client_order_id,
        "symbol": SYMBOL,
        "side": Side.BUY,
        "status": status,
        "filled_quantity": Decimal(0),
        "filled_average_price": None,
    }
    return BrokerOrder(**fields | changes)  # type: ignore[arg-type]


async def test_news_that_is_known_already_writes_nothing(store: Store, tmp_path: Path) -> None:
    assert await store.apply(stated(OrderStatus.OPEN)) is Effect.NEWS
    written = bytes_written(tmp_path)

    assert await store.apply(stated(OrderStatus.OPEN)) is Effect.KNOWN

    assert bytes_written(tmp_path) == written


@pytest.mark.parametrize(
    "news",
    [
        pytest.param(stated(OrderStatus.CANCELED), id="its end"),
        pytest.param(stated(OrderStatus.OPEN, filled_quantity=Decimal(1)), id="a fill"),
        pytest.param(
            stated(OrderStatus.OPEN, filled_average_price=Decimal("9.5")), id="another price"
        ),
        pytest.param(stated(OrderStatus.OPEN, detail="it waits"), id="a detail"),
    ],
)
async def test_news_that_differs_in_anything_is_kept(
    store: Store, tmp_path: Path, news: BrokerOrder
) -> None:
    await store.apply(stated(OrderStatus.OPEN))
    written = bytes_written(tmp_path)

    assert await store.apply(news) is Effect.NEWS

    assert bytes_written(tmp_path) > written


async def test_an_order_that_was_denied_is_no_longer_when_it_is_stated_again(store: Store) -> None:
    await store.apply(stated(OrderStatus.OPEN))
    await store.mark_missing(REQUEST.client_order_id, NOON)

    await store.apply(stated(OrderStatus.OPEN))

    [order] = await store.unfinished_orders()
    assert (order.status, order.missing_since) == (OrderStatus.OPEN, None)


def bytes_written(data_dir: Path) -> int:
    """Return the length of SQLite's log, which grows with each commit that changes something."""
    return (data_dir / "executor.sqlite-wal").stat().st_size
