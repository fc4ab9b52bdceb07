"""When a service is opened, and what is answered meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from novalgo_common.bus import Bus
from novalgo_common.clock import Clock
from novalgo_common.dead_letters import FileDeadLetters
from novalgo_common.duty import Duty
from novalgo_common.errors import LostError, SettingsError, TakenError
from novalgo_common.local_bus import LocalBus
from novalgo_common.service import Service
from novalgo_executor.settings import Settings
from tests.builders import NOON

pytestmark = pytest.mark.anyio

TAKEN = TakenError("NOVALGO_DATA_DIR", "another executor is running on here")
LOST = LostError("the session has ended")


@dataclass
class FakeStore:
    """A service's store that another process has at times."""

    refusals: list[Exception] = field(default_factory=list)
    """What the next openings come to."""
    lost: asyncio.Event = field(default_factory=asyncio.Event)
    buses: int = 0

    @asynccontextmanager
    async def open(self, _settings: Any, _bus: Bus, _clock: Clock) -> AsyncIterator[FastAPI]:
        if self.refusals:
            raise self.refusals.pop(0)
        app = FastAPI()
        app.add_api_route("/health", lambda: {"status": "healthy"})
        owner = asyncio.current_task()
        assert owner is not None
        watch = asyncio.create_task(self.lost.wait())
        watch.add_done_callback(lambda done: done.cancelled() or owner.cancel())
        try:
            yield app
        except asyncio.CancelledError:
            owner.uncancel()
            self.lost.clear()
            raise LOST from None
        finally:
            watch.cancel()


@dataclass
class Answers:
    """What the service's port answers."""

    http: httpx2.AsyncClient
    duty: "asyncio.Task[None]"

    async def status(self) -> str:
        return str((await self.http.get("/health")).json()["status"])

    async def becomes(self, status: str) -> None:
        async with asyncio.timeout(20):
            while True:
                if await self.status() == status:
                    return
                await asyncio.sleep(0.01)


@asynccontextmanager
async def a_duty(
    store: FakeStore, data_dir: Path, *, may_stand_by: bool = True
) -> AsyncIterator[Answers]:
    @asynccontextmanager
    async def connect(_service: Service) -> AsyncIterator[Bus]:
        store.buses += 1
        yield LocalBus(FileDeadLetters(data_dir / "dead_letters.jsonl"))

    service = Service("executor", Settings, "executor_port", store.open)
    settings = Settings(data_dir=data_dir)
    duty = Duty(service, settings, connect, lambda: NOON, may_stand_by=may_stand_by)
    transport = httpx2.ASGITransport(duty)
    async with (
        duty.begun() as task,
        httpx2.AsyncClient(transport=transport, base_url="http://executor") as http,
    ):
        yield Answers(http, task)


async def test_a_service_whose_store_is_free_is_opened_at_once(tmp_path: Path) -> None:
    async with a_duty(FakeStore(), tmp_path) as answers:
        assert await answers.status() == "healthy"


async def test_one_whose_store_is_taken_stands_by_until_it_is_free(tmp_path: Path) -> None:
    store = FakeStore([TAKEN, TAKEN])

    async with a_duty(store, tmp_path) as answers:
        assert await answers.status() == "standby"
        ready = await answers.http.get("/ready")
        webhook = await answers.http.post("/webhook")
        await answers.becomes("healthy")

    assert (ready.status_code, webhook.status_code) == (503, 503)
    assert ready.json()["problems"]["standby"].startswith("another executor is running on here")
    assert store.buses == 1


async def test_in_standby_a_database_that_is_away_is_waited_for(tmp_path: Path) -> None:
    away = SettingsError("NOVALGO_DATABASE_URL: the database does not answer")

    async with a_duty(FakeStore([TAKEN, away]), tmp_path) as answers:
        await answers.becomes("healthy")


@pytest.mark.parametrize(
    ("refusals", "may_stand_by"),
    [
        pytest.param([TAKEN], False, id="without RabbitMQ a second one is refused"),
        pytest.param([SettingsError("wrong")], True, id="a wrong setting is refused"),
    ],
)
async def test_a_start_that_cannot_succeed_ends(
    refusals: Sequence[Exception], may_stand_by: bool, tmp_path: Path
) -> None:
    duty = a_duty(FakeStore(list(refusals)), tmp_path, may_stand_by=may_stand_by)

    with pytest.raises(SettingsError):
        await duty.__aenter__()


async def test_one_that_loses_its_store_stands_by_with_a_new_bus(tmp_path: Path) -> None:
    store = FakeStore()

    async with a_duty(store, tmp_path) as answers:
        store.refusals = [TAKEN, TAKEN]
        store.lost.set()
        await answers.becomes("standby")
        await answers.becomes("healthy")

    assert store.buses == 2


async def test_without_rabbitmq_one_that_loses_its_store_ends(tmp_path: Path) -> None:
    store = FakeStore()
    duty = a_duty(store, tmp_path, may_stand_by=False)
    answers = await duty.__aenter__()

    store.lost.set()
    await asyncio.wait([answers.duty], timeout=20)

    with pytest.raises(LostError):
        await duty.__aexit__(None, None, None)
