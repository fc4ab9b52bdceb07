"""Raises an alarm for a signal that stays without an ending."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from novalgo_common.clock import Clock
from novalgo_common.errors import UnavailableError
from novalgo_common.events import derived_id
from novalgo_executor.alarms import Alarms
from novalgo_executor.market import Market
from novalgo_executor.store import Store

LOOK_EVERY = 30.0
STUCK_AFTER = timedelta(minutes=10)
"""How long a signal may take while the market is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchdog:
    store: Store
    market: Market
    alarms: Alarms
    clock: Clock

    async def run(self) -> None:
        """Look for ever; who is away meanwhile is told of elsewhere."""
        while True:
            with suppress(UnavailableError):
                await self.look()
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        """Raise an alarm, once each, for the signals that should have ended by now."""
        hours = await self.market.hours()
        opened, now = self.market.open_since, self.clock()
        if not hours.is_open or opened is None or now - opened < STUCK_AFTER:
            return  # what waits for the open has a reason to
        minutes = STUCK_AFTER.total_seconds() / 60
        for signal in await self.store.stuck_signals(now - STUCK_AFTER):
            await self.alarms.tell(
                "signal_stuck",
                f"{signal.action} {signal.symbol} {signal.timeframe} has had no ending for "
                f"{minutes:.0f} minutes: look at its receipt, and at executor's /ready",
                symbol=signal.symbol,
                about=derived_id(signal.signal_id, "alarm.stuck"),
            )
