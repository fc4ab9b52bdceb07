"""Takes events from the bus and the stream into the store, and wakes who works on them."""

import asyncio
from dataclasses import dataclass

import structlog

from novalgo_common.clock import Clock
from novalgo_common.errors import PermanentError, UnavailableError
from novalgo_common.events import Event, PositionsReported, SignalReceived, derived_id
from novalgo_common.lanes import Lanes
from novalgo_common.observability import about
from novalgo_executor.broker import Broker, Connected, OrderUpdate
from novalgo_executor.desk import Desk
from novalgo_executor.metrics import Metrics
from novalgo_executor.reconciler import Reconciler
from novalgo_executor.snapshot import position_snapshots
from novalgo_executor.store import Effect, Store
from novalgo_executor.symbol_workers import SymbolWorkers

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    store: Store
    broker: Broker
    desk: Desk
    reconciler: Reconciler
    workers: SymbolWorkers
    metrics: Metrics
    clock: Clock

    async def take_signal(self, event: Event) -> None:
        """Store a signal before it is acknowledged; a repeated one changes nothing."""
        if not isinstance(event, SignalReceived):
            raise PermanentError(f"{event.type} is no signal")
        self.desk.look_ahead(event)
        with about(event.event_id, symbol=event.symbol):
            if await self.store.add_signal(event):
                log.info("signal.stored", action=event.action, timeframe=event.timeframe)
            self.workers.wake(event.symbol)

    async def report_positions(self, event: Event) -> Event:
        """Answer with the account's positions as they are now."""
        positions = await self.broker.positions()
        return PositionsReported(
            event_id=derived_id(event.event_id, "positions.reported"),
            correlation_id=event.correlation_id,
            occurred_at=self.clock(),
            positions=position_snapshots(positions, await self.store.known_positions()),
        )

    async def follow_stream(self) -> None:
        """Take in what the order stream says, each symbol's in order, for ever."""
        async with asyncio.TaskGroup() as tasks:
            lanes = Lanes(self._take_update, tasks.create_task)
            async for news in self.broker.updates():
                self.metrics.streamed()
                match news:
                    case Connected():
                        # The stream replays nothing: what it missed must be asked for.
                        self.reconciler.want()
                    case OrderUpdate():
                        lanes.put(news.order.symbol, news)

    async def _take_update(self, update: OrderUpdate) -> None:
        try:
            effect = await self.store.apply(update.order, update.fill)
            if effect is Effect.NEWS:
                self.workers.wake(update.order.symbol)
            elif effect is Effect.FOREIGN and update.fill is not None:
                self.reconciler.want()
        except UnavailableError as error:
            log.warning("stream.update_not_stored", problem=str(error))
            self.reconciler.want()
