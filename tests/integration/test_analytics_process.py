"""Analytics as a process of its own on a real RabbitMQ, killed while it works."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import pytest

from novalgo_common.events import FillRecorded, Side
from novalgo_common.rabbitmq import RabbitBus
from tests.builders import NOON, a_fill

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("fresh_amqp_url")]

FILLS = 400
KILLS = 3


@pytest.fixture
async def bus(fresh_amqp_url: str) -> AsyncIterator[RabbitBus]:
    async with RabbitBus.connect(fresh_amqp_url, service="test") as bus:
        yield bus


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        chosen: int = listener.getsockname()[1]
        return chosen


def fills() -> list[FillRecorded]:
    """Return shares bought for one dollar more each time, and every second one sold for 500."""
    return [
        a_fill(
            side=Side.SELL if number % 2 else Side.BUY,
            quantity=Decimal(1),
            price=Decimal(500 if number % 2 else 100 + number),
            client_order_id=f"order-{number}",
            filled_at=NOON + timedelta(seconds=number),
        )
        for number in range(FILLS)
    ]


@contextmanager
def analytics(data_dir: Path, port: int, amqp_url: str) -> Iterator["subprocess.Popen[bytes]"]:
    environ = os.environ | {
        "NOVALGO_DATA_DIR": str(data_dir),
        "NOVALGO_AMQP_URL": amqp_url,
        "NOVALGO_ANALYTICS_PORT": str(port),
    }
    process = subprocess.Popen([sys.executable, "-m", "novalgo_analytics"], env=environ)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def answer(port: int, path: str) -> httpx2.Response | None:
    with suppress(httpx2.TransportError):
        async with httpx2.AsyncClient() as client:
            return await client.get(f"http://127.0.0.1:{port}{path}")
    return None


async def journaled_so_far(port: int) -> int:
    """Return how many fills this process has journaled, none while it does not answer."""
    response = await answer(port, "/metrics")
    name = 'novalgo_events_journaled_total{type="fill.recorded.v1"} '
    lines = response.text.splitlines() if response else []
    return next((int(float(line.removeprefix(name))) for line in lines if line.startswith(name)), 0)


async def summary(port: int) -> dict[str, Any]:
    response = await answer(port, "/api/v1/summary")
    body: dict[str, Any] = json.loads(response.text) if response else {}
    return body


async def test_kills_between_commit_and_acknowledgement_change_no_number(
    bus: RabbitBus, fresh_amqp_url: str, tmp_path: Path, port: int
) -> None:
    publishing = asyncio.create_task(_publish(bus))
    for _ in range(KILLS):
        with analytics(tmp_path, port, fresh_amqp_url):
            await _wait(port, journaled=40)
    await publishing

    with analytics(tmp_path, port, fresh_amqp_url) as process:
        expected = sum(500 - (100 + number) for number in range(0, FILLS, 2))
        deadline = time.monotonic() + 60
        while (await summary(port)).get("realised") != str(expected):
            assert time.monotonic() < deadline, await summary(port)
            await asyncio.sleep(0.05)
        [line] = (await summary(port))["by_symbol"]
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, 20) == 0

    assert line["quantity"] == "0"


async def _publish(bus: RabbitBus) -> None:
    for fill in fills():
        await bus.publish(fill)
        await bus.publish(fill)


async def _wait(port: int, *, journaled: int) -> None:
    deadline = time.monotonic() + 60
    while await journaled_so_far(port) < journaled:
        assert time.monotonic() < deadline, "nothing is journaled"
        await asyncio.sleep(0.01)
