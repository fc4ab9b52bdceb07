"""Executor as it runs, on a LocalBus and against the simulated Alpaca."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx2

from novalgo_common.clock import Clock, utc_now
from novalgo_common.dead_letters import FileDeadLetters
from novalgo_common.events import (
    Action,
    ConfigChanged,
    ConfigRequested,
    Event,
    OrderSubmitted,
    SignalEnded,
)
from novalgo_common.local_bus import LocalBus
from novalgo_common.topology import ANALYTICS_JOURNAL, INGEST_RECEIPTS, SHEETS_UPDATES
from novalgo_executor.main import open_service
from novalgo_executor.settings import Settings
from tests.builders import SYMBOL, TIMEFRAME, a_config_changed, a_config_row, a_signal
from tests.stores import STORE
from tests.waiting import until

API_KEY = "made-up-api-key"
E = TypeVar("E", bound=Event)


@dataclass
class RunningExecutor:
    """A running executor, and what it published."""

    bus: LocalBus
    http: httpx2.AsyncClient
    events: list[Event]
    sequence: int

    async def send(
        self, action: Action, symbol: str = SYMBOL, timeframe: str = TIMEFRAME, **changes: object
    ) -> UUID:
        """Publish a signal that fired now; return its id."""
        self.sequence += 1
        now = utc_now()
        fields = {"sequence": self.sequence, "alert_at": now, "occurred_at": now} | changes
        signal = a_signal(action=action, symbol=symbol, timeframe=timeframe, **fields)
        await self.bus.publish(signal)
        return signal.event_id

    async def trade(
        self, action: Action, symbol: str = SYMBOL, timeframe: str = TIMEFRAME, **changes: object
    ) -> SignalEnded:
        """Publish a signal and return its ending."""
        return await self.ending(await self.send(action, symbol, timeframe, **changes))

    async def ending(self, signal_id: UUID) -> SignalEnded:
        """Return the one ending of a signal, once it has come."""
        await until(lambda: any(e.correlation_id == signal_id for e in self.of(SignalEnded)))
        [ending] = [e for e in self.of(SignalEnded) if e.correlation_id == signal_id]
        return ending

    def of(self, kind: type[E]) -> list[E]:
        """Return the distinct published events of a kind, oldest first."""
        found = {event.event_id: event for event in self.events if isinstance(event, kind)}
        return list(found.values())

    def orders(self, signal_id: UUID) -> list[OrderSubmitted]:
        return [event for event in self.of(OrderSubmitted) if event.correlation_id == signal_id]

    async def order(self, what: str, **scope: str) -> Any:
        """Halt, resume or flatten, as a person does; return the answer."""
        answer = await self.ask(what, **scope)
        answer.raise_for_status()
        return answer.json()

    async def ask(self, what: str, key: str | None = None, **scope: str) -> httpx2.Response:
        headers = {"X-API-Key": key or API_KEY}
        return await self.http.post(f"/control/{what}", json=scope, headers=headers)


@asynccontextmanager
async def running_executor(
    data_dir: Path,
    alpaca: str,
    config: ConfigChanged | None = None,
    *,
    clock: Clock = utc_now,
    sequence: int = 0,
    **changes: object,
) -> AsyncIterator[RunningExecutor]:
    """Run executor against the Alpaca at this address, with one ordinary row."""
    config = config or a_config_changed(rows=[a_config_row()])
    settings = Settings.model_validate(
        {
            "data_dir": data_dir,
            "alpaca_url": alpaca,
            "alpaca_data_url": alpaca,
            "alpaca_stream_url": alpaca.replace("http", "ws") + "/stream",
            "reconcile_seconds": 1,
            "api_keys": f"{API_KEY},read:made-up-reader",
            **STORE,
            **changes,
        }
    )
    bus = LocalBus(FileDeadLetters(data_dir / "dead_letters.jsonl"))

    collected: list[Event] = []

    async def collect(event: Event) -> None:
        collected.append(event)

    async def ignore(_event: Event) -> None:
        pass

    async def answer(_request: Event) -> Event:
        return config

    await bus.subscribe(ANALYTICS_JOURNAL, collect)
    await bus.subscribe(SHEETS_UPDATES, ignore)
    await bus.subscribe(INGEST_RECEIPTS, ignore)
    await bus.respond(ConfigRequested, answer)
    try:
        async with (
            open_service(settings, bus, clock) as app,
            httpx2.AsyncClient(
                transport=httpx2.ASGITransport(app), base_url="http://executor"
            ) as http,
        ):
            yield RunningExecutor(bus, http, collected, sequence)
    finally:
        await bus.close()
