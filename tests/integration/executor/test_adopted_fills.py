"""A fill whose shares were adopted is not counted when Alpaca lists it at last."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from novalgo_common.events import Side
from novalgo_common.store import Database
from novalgo_executor.allocate import Share
from novalgo_executor.broker import BrokerFill
from novalgo_executor.settings import Settings
from novalgo_executor.store import Store
from tests.builders import NOON, SECOND, SYMBOL

pytestmark = pytest.mark.anyio

SHARES = Decimal(5)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    settings = Settings.model_validate({"data_dir": tmp_path})
    async with Database.open(settings, "executor") as database:
        yield Store(database, lambda: NOON)


@pytest.mark.parametrize(
    ("after_adoption", "held"),
    [
        pytest.param(-SECOND, 5, id="it is among the adopted shares"),
        pytest.param(SECOND, 10, id="it came after them"),
    ],
)
async def test_a_fill_by_hand_is_counted_only_after_the_adoption(
    store: Store, after_adoption: timedelta, held: int
) -> None:
    await store.adopt(SYMBOL, [Share(None, SHARES)], Decimal(200), seen_at=NOON)

    await store.count_foreign_fill(
        BrokerFill(
            order_id="by-hand",
            symbol=SYMBOL,
            side=Side.BUY,
            quantity=SHARES,
            cumulative=SHARES,
            price=Decimal(200),
            filled_at=NOON + after_adoption,
        )
    )

    assert (await store.known_positions())[SYMBOL].external == held
