"""Notes on receipts what the other services tell about a signal."""

from dataclasses import dataclass

from novalgo_common.events import (
    Event,
    FillRecorded,
    OrderEnded,
    OrderSubmitted,
    SignalDecided,
    SignalEnded,
    StatusWritten,
)
from novalgo_ingest.receipts.store import ReceiptStore


@dataclass(frozen=True, slots=True)
class ReceiptHandler:
    store: ReceiptStore

    async def __call__(self, event: Event) -> None:
        match event:
            case SignalDecided():
                await self.store.step_done(event, "decided")
            case OrderSubmitted():
                await self.store.order_submitted(event)
            case FillRecorded(client_order_id=str()):
                await self.store.order_filled(event)
            case OrderEnded():
                await self.store.order_ended(event)
            case StatusWritten():
                await self.store.step_done(event, "written")
            case SignalEnded():
                await self.store.signal_ended(event)
            case _:  # a fill of a trade that was not ours
                pass
