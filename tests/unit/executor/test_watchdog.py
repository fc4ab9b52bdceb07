"""Which signals are told of as stuck."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast
from uuid import uuid4

import pytest

from novalgo_common.events import AlarmRaised, Event
from novalgo_executor.alarms import Alarms
from novalgo_executor.broker import Broker, MarketHours
from novalgo_executor.facts import Signal
from novalgo_executor.market import Market
from novalgo_executor.store import Store
from novalgo_executor.watchdog import STUCK_AFTER, Watchdog
from tests.builders import NOON
from tests.unit.executor.builders import CLOSED, OPEN, a_stored_signal

pytestmark = pytest.mark.anyio


@dataclass
class StoreOfOne:
    """Holds a signal from noon that has no ending."""

    told: list[Event] = field(default_factory=list)

    async def stuck_signals(self, before: datetime) -> Sequence[Signal]:
        return [a_stored_signal()] if before > NOON else []

    async def announce(self, event: Event) -> None:
        self.told.append(event)


@dataclass
class BrokerWithHours:
    stated: MarketHours

    async def hours(self) -> MarketHours:
        return self.stated


class Days:
    def __init__(self, hours: MarketHours) -> None:
        self.now = NOON
        self.store = StoreOfOne()
        store = cast(Store, self.store)
        self.watchdog = Watchdog(
            store=store,
            market=Market(cast(Broker, BrokerWithHours(hours)), self.clock),
            alarms=Alarms(store=store, clock=self.clock, new_id=uuid4),
            clock=self.clock,
        )

    def clock(self) -> datetime:
        return self.now

    async def pass_by(self, time: timedelta) -> list[Event]:
        await self.watchdog.look()
        self.now += time
        await self.watchdog.look()
        return self.store.told


async def test_a_signal_without_an_ending_raises_an_alarm_under_one_id() -> None:
    days = Days(OPEN)
    await days.pass_by(STUCK_AFTER + timedelta(seconds=1))

    [first, second] = await days.pass_by(timedelta(seconds=30)) and days.store.told[:2]

    assert isinstance(first, AlarmRaised)
    assert first.code == "signal_stuck"
    assert first.event_id == second.event_id


async def test_a_signal_may_take_its_time() -> None:
    assert await Days(OPEN).pass_by(STUCK_AFTER - timedelta(seconds=1)) == []


async def test_a_signal_that_waits_for_the_open_is_not_stuck() -> None:
    assert await Days(CLOSED).pass_by(timedelta(hours=3)) == []
