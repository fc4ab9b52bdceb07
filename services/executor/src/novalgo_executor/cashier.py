"""Tells of the cash that moves without a trade: fees, dividends, deposits, withdrawals."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog

from novalgo_common.clock import Clock
from novalgo_common.errors import UnavailableError
from novalgo_common.events import CashMoved
from novalgo_executor.broker import CashActivity, CashBook
from novalgo_executor.store import Store
from novalgo_executor.store.event_ids import of_account

log = structlog.get_logger()

LOOK_EVERY = 600.0
"""Seconds.  Alpaca books fees a day after their trades, and nothing trades by them."""
LOOKED_BACK = timedelta(days=21)
"""What was told before is not told again: the outbox keeps an event for longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cashier:
    store: Store
    book: CashBook
    clock: Clock

    async def run(self) -> None:
        """Look for ever; nothing waits for what is found."""
        while True:
            try:
                await self.look()
            except UnavailableError as error:
                log.warning("cash.not_looked_at", problem=str(error))
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        """Publish what was booked lately, each activity once."""
        for activity in await self.book.cash(self.clock() - LOOKED_BACK):
            await self.store.announce(_moved(activity))


def _moved(activity: CashActivity) -> CashMoved:
    event_id = of_account(f"cash.{activity.activity_id}")
    return CashMoved(
        event_id=event_id,
        correlation_id=event_id,
        occurred_at=activity.booked_at,
        kind=activity.kind,
        amount=activity.amount,
        symbol=activity.symbol,
        activity=activity.activity,
        activity_id=activity.activity_id,
    )
