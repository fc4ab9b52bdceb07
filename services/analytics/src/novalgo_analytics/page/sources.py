"""What the routes of the page read from, and order through."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from uuid import UUID

from novalgo_analytics.access import Access
from novalgo_analytics.accounting.history import TradeHistory
from novalgo_analytics.bookkeeper import Bookkeeper
from novalgo_analytics.page.alert import Alerts
from novalgo_analytics.page.feed import Feed
from novalgo_analytics.page.neighbours import Neighbours
from novalgo_analytics.store import Store
from novalgo_common.bus import Bus
from novalgo_common.clock import Clock
from novalgo_common.ops import Readiness

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Sources:
    store: Store
    bookkeeper: Bookkeeper
    feed: Feed
    neighbours: Neighbours
    alerts: Alerts
    bus: Bus
    readiness: Readiness
    access: Access
    channels: Sequence[str]
    """Those over which the owner is told, by name; none where notices are only logged."""
    dead_channels: Callable[[], Sequence[str]]
    benchmark: str
    """The symbol that the account is compared with."""
    clock: Clock
    new_id: Callable[[], UUID]

    async def history(self) -> TradeHistory:
        """Return the trades of all time, with all that is journaled."""
        await self.bookkeeper.ledgers()
        return self.bookkeeper.history


@dataclass
class Kept(Generic[T]):
    """An answer that many ask for at the same moments: made once, and kept for a little while."""

    seconds: float
    _answers: dict[object, tuple[float, T]] = field(default_factory=dict)
    _making: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def get(self, make: Callable[[], Awaitable[T]], key: object = None) -> T:
        """Return the answer called `key`, not older than `seconds`."""
        async with self._making:
            now = time.monotonic()
            self._answers = {
                name: (made, answer)
                for name, (made, answer) in self._answers.items()
                if now - made < self.seconds
            }
            if key not in self._answers:
                answer = await make()
                self._answers[key] = (time.monotonic(), answer)
            return self._answers[key][1]
