"""Takes what the bus brings into the store.  The worker brings it to the sheet."""

from collections.abc import Callable
from dataclasses import dataclass

from novalgo_common.errors import UnavailableError
from novalgo_common.events import Event, OrderSubmitted, PerformanceUpdated, SignalEnded
from novalgo_sheets.status import change_from
from novalgo_sheets.store import Store


@dataclass(frozen=True)
class UpdateHandler:
    """Commits an event's meaning to the store; an event that comes again changes nothing."""

    store: Store
    wake: Callable[[], None]

    async def __call__(self, event: Event) -> None:
        match event:
            case OrderSubmitted() | SignalEnded():
                change = change_from(event)
                if change is not None:
                    await self.store.keep_change(change)
            case PerformanceUpdated():
                await self.store.keep_performance(event)
        self.wake()


@dataclass(frozen=True)
class ConfigResponder:
    """Answers who asks for the config with the last good one."""

    store: Store

    async def __call__(self, _request: Event) -> Event:
        event = await self.store.kept_config()
        if event is None:
            raise UnavailableError("no config has been read from the sheet yet")
        return event
