"""RabbitMQ is short of memory or disk, and takes nothing: ingest stores what comes, and says so."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from novalgo_common.events import Event
from novalgo_common.rabbitmq import RabbitBus
from novalgo_common.topology import EXECUTOR_SIGNALS
from tests.ingest_process import ingest_process
from tests.ingest_service import an_alert_body
from tests.rabbitmq import Broker, PrivateNode, private_node
from tests.waiting import until

pytestmark = pytest.mark.anyio

SPOOL = 20


@pytest.fixture(scope="module")
def node(broker: Broker) -> Iterator[PrivateNode]:
    if broker.node is None:
        pytest.skip("the broker is not ours to put an alarm on")
    with private_node() as node:
        yield node


@asynccontextmanager
async def _in_need(
    run_short: Callable[[], None], have_again: Callable[[], None]
) -> AsyncIterator[None]:
    await asyncio.to_thread(run_short)
    try:
        yield
    finally:
        await asyncio.to_thread(have_again)


async def _comes_true(asked: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while True:
            if await asked():
                return
            await asyncio.sleep(0.1)


@pytest.mark.parametrize(
    ("run_short", "have_again"),
    [
        pytest.param(
            PrivateNode.run_short_of_memory, PrivateNode.have_memory_again, id="of memory"
        ),
        pytest.param(PrivateNode.run_short_of_disk, PrivateNode.have_disk_again, id="of disk"),
    ],
)
async def test_while_the_broker_is_short_alerts_are_stored_up_to_the_limit_and_then_refused(
    tmp_path: Path,
    node: PrivateNode,
    run_short: Callable[[PrivateNode], None],
    have_again: Callable[[PrivateNode], None],
) -> None:
    accepted: set[str] = set()
    arrived: set[str] = set()

    async def remember(event: Event) -> None:
        arrived.add(str(event.event_id))

    async def post(number: int) -> int:
        answer = await http.post("/webhook", json=an_alert_body(id=number))
        if answer.status_code == 200:
            accepted.add(answer.json()["signal_id"])
        return answer.status_code

    async def is_told() -> bool:
        told.update((await http.get("/health")).json())
        return bool(told["bus_problems"])

    async def is_accepted() -> bool:
        return await post(SPOOL + 10) == 200

    told: dict[str, Any] = {}
    settings = {"NOVALGO_SPOOL_LIMIT": str(SPOOL)}
    async with ingest_process(tmp_path, node.url, settings) as ingest:
        http = ingest.http
        async with _in_need(lambda: run_short(node), lambda: have_again(node)):
            statuses = [await post(number) for number in range(SPOOL + 10)]
            await _comes_true(is_told)
            ready = await http.get("/ready")
        async with RabbitBus.connect(node.url, service="executor") as bus:
            await bus.subscribe(EXECUTOR_SIGNALS, remember)
            await until(lambda: accepted <= arrived)
        await _comes_true(is_accepted)

    # An alert that is stored while the spool is counted may count twice until it is counted again.
    assert len(accepted) - 1 in (SPOOL - 1, SPOOL)
    assert statuses == sorted(statuses)
    assert set(statuses) == {200, 503}
    assert SPOOL - 1 <= told["unpublished"] <= SPOOL
    assert told["oldest_unpublished_seconds"] > 0
    assert ready.status_code == 503
    assert "bring RabbitMQ back" in ready.json()["problems"]["spool"]
