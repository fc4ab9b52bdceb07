"""Ingest as its container runs it: a process on RabbitMQ, which may be killed at any time."""

import asyncio
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

from novalgo_common.events import Event
from novalgo_common.rabbitmq import RabbitBus
from novalgo_common.topology import EXECUTOR_SIGNALS
from tests.ingest_process import ingest_process
from tests.ingest_service import SECRET, an_alert_body
from tests.waiting import until

pytestmark = pytest.mark.anyio


async def _post(client: httpx2.AsyncClient, number: int, answered: set[str]) -> None:
    with suppress(httpx2.TransportError):  # the process was killed before it answered
        response = await client.post("/webhook", json=an_alert_body(id=number))
        answered.add(response.json()["signal_id"])


async def test_what_was_answered_before_a_kill_reaches_the_executor(
    tmp_path: Path, fresh_amqp_url: str
) -> None:
    answered: set[str] = set()
    arrived: list[str] = []

    async def remember(event: Event) -> None:
        arrived.append(str(event.event_id))

    async with ingest_process(tmp_path, fresh_amqp_url) as ingest:
        posts = [asyncio.create_task(_post(ingest.http, n, answered)) for n in range(200)]
        await until(lambda: len(answered) >= 50)
        await ingest.kill()
        await asyncio.gather(*posts)
    async with (
        ingest_process(tmp_path, fresh_amqp_url),
        RabbitBus.connect(fresh_amqp_url, service="executor") as bus,
    ):
        await bus.subscribe(EXECUTOR_SIGNALS, remember)
        await until(lambda: answered <= set(arrived))

    assert len(answered) >= 50
    assert SECRET not in (tmp_path / "log").read_text(encoding="utf-8")
