"""Answers who wants to know what symbols traded for."""

from dataclasses import dataclass

from novalgo_common.clock import Clock
from novalgo_common.errors import PermanentError
from novalgo_common.events import BarsReported, BarsRequested, Event, derived_id
from novalgo_executor.broker import PriceHistory


@dataclass(frozen=True)
class Historian:
    prices: PriceHistory
    clock: Clock

    async def report_bars(self, event: Event) -> Event:
        """Answer with the bars that Alpaca has of the time."""
        if not isinstance(event, BarsRequested):
            raise PermanentError(f"{event.type} asks for no bars")
        bars = await self.prices.bars(event.symbol, event.timeframe, event.start, event.end)
        return BarsReported(
            event_id=derived_id(event.event_id, "bars.reported"),
            correlation_id=event.correlation_id,
            occurred_at=self.clock(),
            symbol=event.symbol,
            timeframe=event.timeframe,
            bars=tuple(bars),
        )
