"""Analytics with its page, before a client of the test; the other services are not there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2

from novalgo_analytics.main import open_service
from novalgo_analytics.settings import Settings
from novalgo_common.dead_letters import FileDeadLetters
from novalgo_common.events import Event
from novalgo_common.local_bus import LocalBus
from novalgo_common.topology import (
    EXECUTOR_CONTROLS,
    EXECUTOR_SIGNALS,
    INGEST_RECEIPTS,
    SHEETS_UPDATES,
)
from tests.builders import NOON
from tests.waiting import until_told

LOCAL = "http://127.0.0.1:8083"
READ, CONTROL = {"X-API-Key": "made-up-reader"}, {"X-API-Key": "made-up-controller"}


@dataclass
class Page:
    bus: LocalBus
    letters: FileDeadLetters
    client: httpx2.AsyncClient
    ordered: list[Event] = field(default_factory=list)
    """What reached executor."""

    async def ask(self, method: str, path: str, **options: Any) -> httpx2.Response:
        self.client.cookies.clear()
        return await self.client.request(method, options.pop("base", LOCAL) + path, **options)

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.ask("GET", f"/api/v1{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def publish(self, *events: Event) -> None:
        for event in events:
            await self.bus.publish(event)


@asynccontextmanager
async def a_page(data_dir: Path, **settings: object) -> AsyncIterator[Page]:
    letters = FileDeadLetters(data_dir / "dead_letters.jsonl")
    bus = LocalBus(letters)
    ordered: list[Event] = []

    async def ignore(_event: Event) -> None:
        pass

    async def keep(event: Event) -> None:
        ordered.append(event)

    for queue in (EXECUTOR_SIGNALS, INGEST_RECEIPTS, SHEETS_UPDATES):
        await bus.subscribe(queue, ignore)
    await bus.subscribe(EXECUTOR_CONTROLS, keep)
    keys = "read:made-up-reader,made-up-controller"
    own = Settings.model_validate({"data_dir": data_dir, "api_keys": keys, **settings})
    try:
        async with (
            open_service(own, bus, lambda: NOON + timedelta(hours=1)) as app,
            httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app)) as client,
        ):
            yield Page(bus, letters, client, ordered)
    finally:
        await bus.close()


async def until_asked(page: Page) -> None:
    """Return once every other service was asked how it is."""

    async def were_asked() -> bool:
        return all(each["condition"] != "unknown" for each in await page.get("/services"))

    await until_told(were_asked)
