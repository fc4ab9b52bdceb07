"""Ingest as its container runs it: a process on RabbitMQ, which may be killed at any time."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx2
import pytest

from novalgo_common.events import Event
from novalgo_common.rabbitmq import RabbitBus
from novalgo_common.topology import EXECUTOR_SIGNALS
from tests.ingest_service import SECRET, an_alert_body
from tests.ports import free_port
from tests.waiting import until

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def _process(data_dir: Path, amqp_url: str, port: int) -> AsyncIterator[None]:
    """Run `python -m novalgo_ingest`; kill it at the end, as a power cut would."""
    environ = {
        **os.environ,
        "NOVALGO_AMQP_URL": amqp_url,
        "NOVALGO_DATA_DIR": str(data_dir),
        "NOVALGO_INGEST_PORT": str(port),
        "NOVALGO_WEBHOOK_SECRETS": SECRET,
    }
    with (data_dir / "log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "novalgo_ingest", env=environ, stderr=log
        )
    try:
        yield
    finally:
        process.kill()
        await process.wait()


async def _wait_until_up(client: httpx2.AsyncClient) -> None:
    async with asyncio.timeout(30):
        while True:
            with suppress(httpx2.TransportError):
                await client.get("/ready")
                return
            await asyncio.sleep(0.05)


async def _post(client: httpx2.AsyncClient, number: int, answered: set[str]) -> None:
    with suppress(httpx2.TransportError):  # the process was killed before it answered
        response = await client.post("/webhook", json=an_alert_body(id=number))
        answered.add(response.json()["signal_id"])


async def test_what_was_answered_before_a_kill_reaches_the_executor(
    tmp_path: Path, fresh_amqp_url: str
) -> None:
    port = free_port()
    answered: set[str] = set()
    arrived: list[str] = []

    async def remember(event: Event) -> None:
        arrived.append(str(event.event_id))

    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        async with _process(tmp_path, fresh_amqp_url, port):
            await _wait_until_up(client)
            posts = [asyncio.create_task(_post(client, n, answered)) for n in range(200)]
            await until(lambda: len(answered) >= 50)
        await asyncio.gather(*posts)
        async with (
            _process(tmp_path, fresh_amqp_url, port),
            RabbitBus.connect(fresh_amqp_url, service="executor") as bus,
        ):
            await bus.subscribe(EXECUTOR_SIGNALS, remember)
            await until(lambda: answered <= set(arrived))

    assert len(answered) >= 50
    assert SECRET not in (tmp_path / "log").read_text(encoding="utf-8")
