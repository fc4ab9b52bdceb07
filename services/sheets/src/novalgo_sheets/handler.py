"""Takes what the bus brings into the store.  The worker brings it to the sheet."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from novalgo_common.errors import UnavailableError
from novalgo_common.events import (
    ConfigChanged,
    Event,
    OrderSubmitted,
    PerformanceUpdated,
    SignalEnded,
    SignalReceived,
    TradingHalted,
    TradingResumed,
)
from novalgo_sheets.status import change_from
from novalgo_sheets.store import Store


@dataclass(frozen=True)
class UpdateHandler:
    """Commits an event's meaning to the store; an event that comes again changes nothing."""

    store: Store
    wake: Callable[[], None]

    async def __call__(self, event: Event) -> None:
        match event:
            case SignalReceived():
                await self.store.keep_signal(event)
            case OrderSubmitted():
                await self.store.keep_change(change_from(event))
            case SignalEnded():
                await self.store.keep_change(change_from(event), event)
            case TradingHalted() | TradingResumed():
                await self.store.keep_halt(event)
            case PerformanceUpdated():
                await self.store.keep_performance(event)
        self.wake()


@dataclass(frozen=True)
class ConfigResponder:
    """Answers who asks for the config with the last good one, and how old that is."""

    store: Store
    read_at: Callable[[], datetime | None]
    """When the sheet was last seen to say so, as far as this process knows."""

    async def __call__(self, _request: Event) -> ConfigChanged:
        event = await self.store.kept_config()
        if event is None:
            raise UnavailableError("no config has been read from the sheet yet")
        seen = self.read_at() or await self.store.read_at() or event.read_at
        return event.model_copy(update={"read_at": seen})
