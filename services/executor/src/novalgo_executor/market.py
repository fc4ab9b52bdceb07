"""What is known of the market: the session, the assets, the quotes.  Asked of Alpaca sparingly."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from novalgo_common.clock import Clock
from novalgo_common.config_copy import ConfigCopy
from novalgo_common.errors import UnavailableError
from novalgo_executor.ahead import Ahead
from novalgo_executor.broker import Asset, Broker, MarketHours, Quote
from novalgo_executor.shared import Shared

HOURS_LAST = timedelta(seconds=60)
"""The market can close without notice, so its hours are not believed for longer."""
HOURS_RENEWED = timedelta(seconds=4)
"""The age at which a signal has them asked for anew: its order finds a connection in use."""
ASSET_LASTS = timedelta(hours=1)
ASSET_AGES = timedelta(minutes=45)
"""The age at which an asset that may be traded is asked for anew."""
ASSET_LOOK = 60.0
ASSET_PAUSE = 0.5
"""Seconds between two of these requests: orders come first."""
SESSION = "session"


@dataclass(frozen=True, slots=True)
class _Stated:
    """The market's hours, and from when until when by our clock they are believed."""

    hours: MarketHours
    asked_at: datetime
    until: datetime


class Market:
    """Raises `UnavailableError` where Alpaca gives no definite answer."""

    def __init__(self, broker: Broker, clock: Clock) -> None:
        self._broker = broker
        self._clock = clock
        self._stated: _Stated | None = None
        self._assets: dict[str, tuple[Asset, datetime]] = {}
        self._session = Shared[str, MarketHours](lambda _: self._broker.hours())
        self._quotes = Shared[str, Mapping[str, Quote]](self._ask_quotes)
        self._positions = Shared[str, Mapping[str, Decimal]](self._ask_positions)
        self._session_ahead = Ahead[MarketHours](self._ask_hours, clock)
        self._quotes_ahead = Ahead[Mapping[str, Quote]](self._quotes.get, clock)
        self._rows_changed = asyncio.Event()
        self.open_since: datetime | None = None
        """Since when the market is known to have been open, by our clock; None while it is not."""

    def look_ahead(self, *, quote_of: str | None) -> None:
        """A signal has come: ask, while it is stored, what its decision will want to know."""
        if self._stated is None or self._clock() - self._stated.asked_at >= HOURS_RENEWED:
            self._session_ahead.ask(SESSION)
        if quote_of is not None:
            self._quotes_ahead.ask(quote_of)

    async def hours(self) -> MarketHours:
        """Return the session now."""
        now, before = self._clock(), self._stated
        if before is not None and before.asked_at <= now < before.until:
            return before.hours
        return await self._session_ahead.answer(SESSION)

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

    async def keep_assets(self, config: ConfigCopy) -> None:
        """Ask beforehand, for ever, for the assets that the active rows may trade.

        An entry then finds its asset known, and costs no request for it.
        """
        while True:
            self._rows_changed.clear()
            for symbol in sorted({row.symbol for row in config.rows if row.active}):
                if self._is_aging(symbol):
                    self._assets.pop(symbol, None)
                    with suppress(UnavailableError):
                        await self.asset(symbol)
                    await asyncio.sleep(ASSET_PAUSE)
            with suppress(TimeoutError):
                async with asyncio.timeout(ASSET_LOOK):
                    await self._rows_changed.wait()

    def look_at_rows(self) -> None:
        """There are other rows: ask for their assets now."""
        self._rows_changed.set()

    def _is_aging(self, symbol: str) -> bool:
        known = self._assets.get(symbol)
        return known is None or self._clock() - known[1] > ASSET_AGES

    async def quote(self, symbol: str) -> Quote | None:
        """Return a fresh quote, or None where there is none."""
        return (await self._quotes_ahead.answer(symbol)).get(symbol)

    async def position(self, symbol: str) -> Decimal:
        """Return the netted position as it is stated from now on, zero where there is none."""
        return (await self._positions.get(symbol)).get(symbol, Decimal(0))

    async def close(self) -> None:
        """Ask nothing any more."""
        for question in (self._session, self._quotes, self._positions):
            await question.close()

    async def _ask_hours(self, session: str) -> MarketHours:
        now, before = self._clock(), self._stated
        if before is not None and now >= before.hours.next_close:
            self.open_since = None  # it closed meanwhile, seen or not
        hours = await self._session.get(session)
        boundary = hours.next_close if hours.is_open else hours.next_open
        self._stated = _Stated(hours, now, min(now + HOURS_LAST, boundary))
        self.open_since = (self.open_since or now) if hours.is_open else None
        return hours

    async def _ask_quotes(self, wanted: Sequence[str]) -> Mapping[str, Quote]:
        return await self._broker.quotes(sorted(set(wanted)))

    async def _ask_positions(self, wanted: Sequence[str]) -> Mapping[str, Decimal]:
        symbols = set(wanted)
        if len(symbols) == 1:
            [symbol] = symbols
            return {symbol: await self._broker.position(symbol)}
        return {each.symbol: each.quantity for each in await self._broker.positions()}
