"""Ingest on the LocalBus, behind a real socket, with the other services' queues listened to."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

from novalgo_common.dead_letters import FileDeadLetters
from novalgo_common.events import AlarmRaised, Event, PerformanceRequested, SignalReceived
from novalgo_common.http_server import Config, Edge, Server
from novalgo_common.local_bus import LocalBus
from novalgo_common.topology import (
    ANALYTICS_JOURNAL,
    EXECUTOR_SIGNALS,
    SHEETS_UPDATES,
)
from novalgo_ingest.main import open_service
from novalgo_ingest.settings import Settings
from tests.builders import NOON
from tests.http_server import listening
from tests.stores import STORE
from tests.waiting import until

SECRET = "made-up-secret"
API_KEY = "made-up-key"


def an_alert_body(**changes: object) -> dict[str, object]:
    """Return the JSON of a BUY; a change to None leaves the field out."""
    fields: dict[str, object] = {
        "action": "BUY",
        "symbol": "AAPL",
        "timeframe": "15 Min",
        "secret": SECRET,
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


@dataclass
class SetClock:
    """A clock that stands until a test moves it."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


@dataclass
class Ingest:
    """A running ingest as its clients and its fellow services see it."""

    client: httpx2.AsyncClient
    bus: LocalBus
    clock: SetClock
    signals: list[SignalReceived] = field(default_factory=list)
    """What executor's queues received."""
    requests: list[PerformanceRequested] = field(default_factory=list)
    """What analytics was asked."""
    alarms: list[AlarmRaised] = field(default_factory=list)

    async def post(self, **changes: object) -> httpx2.Response:
        return await self.client.post("/webhook", json=an_alert_body(**changes))

    async def stored(self, **changes: object) -> dict[str, Any]:
        """Post an alert that is accepted; return the answer."""
        response = await self.post(**changes)
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def get(self, path: str) -> Any:
        """Return the answer to a question with the API key."""
        response = await self.client.get(path, headers={"X-API-Key": API_KEY})
        assert response.status_code == 200, response.text
        return response.json()

    async def configured(self, active: int) -> None:
        """Return once the config copy has so many active rows."""
        health: dict[str, Any] = {}
        while health.get("active_configs") != active:
            health = (await self.client.get("/health")).json()

    async def published(self, count: int) -> list[SignalReceived]:
        """Return the signals once there are so many."""
        await until(lambda: len(self.signals) >= count)
        return self.signals


@asynccontextmanager
async def running_ingest(
    data_dir: Path,
    *,
    clock: SetClock | None = None,
    tls: ssl.SSLContext | None = None,
    **environ: str,
) -> AsyncIterator[Ingest]:
    """Open ingest on `data_dir`, which may hold what an earlier one left there."""
    clock = clock or SetClock()
    settings = Settings.from_env(
        {
            "NOVALGO_DATA_DIR": str(data_dir),
            "NOVALGO_WEBHOOK_SECRETS": SECRET,
            "NOVALGO_API_KEYS": API_KEY,
            **{f"NOVALGO_{name.upper()}": value for name, value in STORE.items()},
            **environ,
        }
    )
    bus = LocalBus(FileDeadLetters(data_dir / "dead_letters.jsonl"))
    signals: list[SignalReceived] = []
    requests: list[PerformanceRequested] = []
    alarms: list[AlarmRaised] = []

    async def executor(event: Event) -> None:
        assert isinstance(event, SignalReceived)
        signals.append(event)

    async def sheets(_event: Event) -> None:
        pass

    async def analytics(event: Event) -> None:
        if isinstance(event, PerformanceRequested):
            requests.append(event)
        if isinstance(event, AlarmRaised):
            alarms.append(event)

    await bus.subscribe(EXECUTOR_SIGNALS, executor)
    await bus.subscribe(SHEETS_UPDATES, sheets)
    await bus.subscribe(ANALYTICS_JOURNAL, analytics)
    try:
        async with (
            open_service(settings, bus, clock) as app,
            _serving(app, settings.edge) as url,
            httpx2.AsyncClient(base_url=url, timeout=30, verify=tls or True) as client,
        ):
            yield Ingest(client, bus, clock, signals, requests, alarms)
    finally:
        await bus.close()


@asynccontextmanager
async def _serving(app: Any, edge: Edge) -> AsyncIterator[str]:
    server = Server(Config(app, edge))
    with listening() as (listener, port):
        task = asyncio.create_task(server.serve([listener]))
        await until(lambda: server.started)
        try:
            yield f"{'https' if edge.tls else 'http'}://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            await task
