"""What the reconciler takes for shares that no fill explains."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import cast
from uuid import uuid4

import pytest

from novalgo_common.clock import Clock
from novalgo_common.config_copy import ConfigCopy
from novalgo_common.errors import UnavailableError
from novalgo_common.events import AccountSnapshotTaken, AlarmRaised, ConfigChanged, Event, Side
from novalgo_executor.ages import Ages
from novalgo_executor.alarms import Alarms
from novalgo_executor.allocate import Holdings, Share
from novalgo_executor.broker import (
    Account,
    AccountEvent,
    Broker,
    BrokerFill,
    BrokerOrder,
    BrokerPosition,
)
from novalgo_executor.facts import Order
from novalgo_executor.halts import Halt
from novalgo_executor.limits import Limits, Trip
from novalgo_executor.metrics import Metrics
from novalgo_executor.order_poll import OrderPoll
from novalgo_executor.reconciler import Reconciler
from novalgo_executor.split import Stated
from novalgo_executor.store import Store
from tests.builders import NOON, SYMBOL, a_config_changed, a_config_row
from tests.unit.executor.builders import an_order
from tests.waiting import until

pytestmark = pytest.mark.anyio

HELD = Decimal(7)


@dataclass
class CountingStore:
    """An order of 7 shares has filled; its fill is counted after so many questions."""

    counted_after: int
    asked: int = 0
    adopted: list[Share] = field(default_factory=list)
    snapshots: list[AccountSnapshotTaken] = field(default_factory=list)

    async def unfinished_orders(self) -> Sequence[Order]:
        return [] if self._is_counted() else [an_order(sent=False)]

    async def known_positions(self) -> Mapping[str, Holdings]:
        held = {SYMBOL: Holdings(books={"15 Min": HELD}, external=Decimal(0))}
        return held if self._is_counted() else {}

    async def adopt(
        self, symbol: str, shares: Sequence[Share], price: Decimal, seen_at: datetime
    ) -> None:
        self.adopted.extend(shares)

    async def late_orders(self) -> Sequence[Order]:
        return []

    async def watermark(self) -> datetime | None:
        return None

    async def save_watermark(self, moment: datetime, *, agreed: bool) -> None:
        pass

    async def certain_order(self) -> Order | None:
        return None

    async def announce(self, event: Event) -> None:
        assert isinstance(event, AccountSnapshotTaken)
        self.snapshots.append(event)

    async def stated_positions(self) -> dict[str, Stated]:
        return {}

    async def save_stated(self, stated: Sequence[BrokerPosition]) -> None:
        pass

    async def halts(self) -> list[Halt]:
        return []

    async def moved_since_close(self) -> Decimal:
        return Decimal(0)

    async def breaks_limits(self, *_: object) -> bool:
        return False

    async def check_limits(self, *_: object) -> list[Trip]:
        return []

    def _is_counted(self) -> bool:
        self.asked += 1
        return self.asked > self.counted_after


@dataclass
class StoreOfAnIntent(CountingStore):
    """Knows an order by its client order id only: Alpaca's own id has not come yet."""

    foreign: list[BrokerFill] = field(default_factory=list)

    async def watermark(self) -> datetime | None:
        return NOON

    async def uncounted(self, fills: Sequence[BrokerFill]) -> Sequence[BrokerFill]:
        return fills

    async def count_fill(self, fill: BrokerFill) -> bool:
        return False

    async def count_foreign_fill(self, fill: BrokerFill) -> None:
        self.foreign.append(fill)


class KeptConfig:
    """Keeps nothing."""

    async def kept_config(self) -> ConfigChanged | None:
        return None

    async def keep_config(self, event: ConfigChanged) -> None:
        pass


class FilledBroker:
    """Has filled the order already."""

    async def account(self) -> Account:
        return Account(
            account_number="123456789",
            cash=Decimal(0),
            equity=Decimal(700),
            last_equity=Decimal(700),
            buying_power=Decimal(0),
            blocked=None,
        )

    async def positions(self) -> Sequence[BrokerPosition]:
        return [
            BrokerPosition(
                symbol=SYMBOL,
                quantity=HELD,
                average_price=Decimal(100),
                current_price=None,
                market_value=None,
                unrealized_pl=None,
            )
        ]

    async def fills(self, after: datetime) -> Sequence[BrokerFill]:
        return []

    async def events(self, after: datetime) -> Sequence[AccountEvent]:
        return []


class LaggingBroker(FilledBroker):
    """Lists the fill, of noon, of an order that it cannot find yet."""

    async def fills(self, after: datetime) -> Sequence[BrokerFill]:
        fill = BrokerFill(
            order_id="fresh",
            symbol=SYMBOL,
            side=Side.BUY,
            quantity=HELD,
            cumulative=HELD,
            price=Decimal(100),
            filled_at=NOON,
        )
        return [fill] if after < NOON else []

    async def order(self, order_id: str) -> BrokerOrder | None:
        return None


@dataclass
class SlowBroker(FilledBroker):
    """Takes a minute for every answer."""

    now: datetime = NOON
    asked_at: datetime | None = None

    async def account(self) -> Account:
        self.asked_at = self.now
        self.now += timedelta(minutes=1)
        return await super().account()


@pytest.mark.parametrize("counted_after", range(5))
async def test_a_fill_that_is_counted_meanwhile_is_never_adopted_too(counted_after: int) -> None:
    store = CountingStore(counted_after)

    await (await a_reconciler(store)).reconcile()

    assert store.adopted == []


async def test_a_fill_of_an_order_that_cannot_be_read_yet_is_nobodys_so_far() -> None:
    store = StoreOfAnIntent(counted_after=9)

    await (await a_reconciler(store, LaggingBroker())).reconcile()

    assert store.foreign == []


class SilentBroker(FilledBroker):
    """Gives no answer."""

    async def account(self) -> Account:
        raise UnavailableError("no answer")


@dataclass
class AlarmingStore(CountingStore):
    alarms: list[str] = field(default_factory=list)

    async def announce(self, event: Event) -> None:
        assert isinstance(event, AlarmRaised)
        self.alarms.append(event.code)


async def test_a_silence_of_more_than_three_minutes_stops_entries_and_raises_one_alarm() -> None:
    store = AlarmingStore(counted_after=9)
    seconds = iter([0.0, *range(30, 10_000, 30)])
    reconciler = await a_reconciler(store, SilentBroker(), elapsed=lambda: next(seconds))

    assert reconciler.is_recent
    running = asyncio.create_task(reconciler.run())
    await until(lambda: bool(store.alarms))
    for _ in range(3):
        reconciler.want()
        await asyncio.sleep(0)
    running.cancel()

    assert not reconciler.is_recent
    assert store.alarms == ["not_compared"]


async def test_after_a_clock_was_set_back_the_exposure_is_dated_by_it() -> None:
    now, seconds = NOON, 0.0
    reconciler = await a_reconciler(
        CountingStore(counted_after=0), clock=lambda: now, elapsed=lambda: seconds
    )
    await reconciler.reconcile()
    stated = reconciler.exposure

    now, seconds = NOON - timedelta(minutes=10), 20.0
    opened_meanwhile = NOON - timedelta(minutes=10, seconds=10)

    assert stated.at == NOON
    assert reconciler.exposure.dollars == stated.dollars
    assert reconciler.exposure.at < opened_meanwhile


async def nothing_moved() -> None:
    pass


async def a_reconciler(
    store: CountingStore,
    broker: FilledBroker | None = None,
    clock: Clock = lambda: NOON,
    elapsed: Callable[[], float] = lambda: 0.0,
) -> Reconciler:
    config = ConfigCopy(KeptConfig(), lambda: NOON, uuid4)
    await config.take(a_config_changed(rows=[a_config_row()]))
    kept, alpaca = cast(Store, store), cast(Broker, broker or FilledBroker())
    ages = Ages(lambda: NOON, elapsed)
    return Reconciler(
        store=kept,
        broker=alpaca,
        poll=OrderPoll(kept, alpaca, ages, timedelta(seconds=15)),
        alarms=Alarms(store=kept, clock=lambda: NOON, new_id=uuid4),
        elapsed=elapsed,
        ages=ages,
        config=config,
        metrics=Metrics(),
        clock=clock,
        new_id=uuid4,
        limits=Limits(),
        look_at_cash=nothing_moved,
        interval=0.01,
        expected_account=None,
    )
