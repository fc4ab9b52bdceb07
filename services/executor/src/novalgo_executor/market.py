"""What is known of the market: the session, the assets, the quotes.  Asked of Alpaca sparingly."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

from novalgo_common.clock import Clock
from novalgo_executor.broker import Asset, Broker, MarketHours, Quote

HOURS_LAST = timedelta(seconds=60)
"""The market can close without notice, so its hours are not believed for longer."""
ASSET_LASTS = timedelta(hours=1)


class Market:
    """Raises `UnavailableError` where Alpaca gives no definite answer."""

    def __init__(self, broker: Broker, clock: Clock) -> None:
        self._broker = broker
        self._clock = clock
        self._hours: MarketHours | None = None
        self._hours_until: datetime | None = None
        self._assets: dict[str, tuple[Asset, datetime]] = {}
        self._wanted: set[str] = set()
        self._gathering: asyncio.Task[Mapping[str, Quote]] | None = None
        self._asking = asyncio.Lock()

    async def hours(self) -> MarketHours:
        """Return the session now."""
        now = self._clock()
        if self._hours is None or self._hours_until is None or now >= self._hours_until:
            self._hours = await self._broker.hours()
            boundary = self._hours.next_close if self._hours.is_open else self._hours.next_open
            self._hours_until = min(now + HOURS_LAST, boundary) if boundary > now else now
        return self._hours

    async def asset(self, symbol: str) -> Asset:
        """Return the asset; one that Alpaca does not know is not tradable."""
        known = self._assets.get(symbol)
        if known is not None and self._clock() - known[1] < ASSET_LASTS:
            return known[0]
        asset = await self._broker.asset(symbol) or Asset(
            symbol=symbol, tradable=False, fractionable=False, shortable=False
        )
        self._assets[symbol] = (asset, self._clock())
        return asset

    async def quote(self, symbol: str) -> Quote | None:
        """Return a fresh quote, or None where there is none.

        The first wish is asked for at once; those that come meanwhile share the next call.
        """
        self._wanted.add(symbol)
        if self._gathering is None:
            self._gathering = asyncio.create_task(self._gather())
        return (await asyncio.shield(self._gathering)).get(symbol)

    async def _gather(self) -> Mapping[str, Quote]:
        async with self._asking:
            wanted, self._wanted = sorted(self._wanted), set()
            self._gathering = None
            return await self._broker.quotes(wanted)
