"""Tells of the cash that moves without a trade: fees, dividends, deposits, withdrawals."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog

from novalgo_common.clock import Clock
from novalgo_common.errors import UnavailableError
from novalgo_executor.broker import CashBook
from novalgo_executor.store import Store

log = structlog.get_logger()

LOOK_EVERY = 600.0
"""Seconds.  Alpaca books fees a day after their trades, and nothing trades by them."""
LOOKED_BACK = timedelta(days=21)
"""What was told before is not told again, nor is it looked at whether it still stands."""


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
        since = self.clock() - LOOKED_BACK
        await self.store.tell_of_cash(await self.book.cash(since), since)
