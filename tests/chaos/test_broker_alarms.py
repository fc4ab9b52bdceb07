"""RabbitMQ is short of memory or disk, and takes nothing: ingest stores what comes, and says so."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from novalgo_common.events import Event
from novalgo_common.rabbitmq import RabbitBus
from novalgo_common.topology import EXECUTOR_SIGNALS
from tests.ingest_process import ingest_process
from tests.ingest_service import an_alert_body
from tests.rabbitmq import Broker, PrivateNode, delete_our_queues, messages_in, private_node
from tests.waiting import until, until_told

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

    async def is_accepted() -> bool:
        answer = await http.post("/webhook", json=an_alert_body(id=next(numbers)))
        if answer.status_code == 200:
            accepted.add(answer.json()["signal_id"])
        else:
            assert answer.status_code == 503
        return answer.status_code == 200

    async def is_full_and_told() -> bool:
        was_accepted = await is_accepted()
        # RabbitMQ may take one or two before it blocks ingest.
        taken = await asyncio.to_thread(messages_in, node.url, *EXECUTOR_SIGNALS.names())
        stored = len(accepted) - taken
        told.update((await http.get("/health")).json())
        is_full = told["unpublished"] == stored == SPOOL and not was_accepted
        return is_full and bool(told["bus_problems"])

    numbers = count()
    told: dict[str, Any] = {}
    delete_our_queues(node.url)
    settings = {"NOVALGO_SPOOL_LIMIT": str(SPOOL)}
    async with ingest_process(tmp_path, node.url, settings) as ingest:
        http = ingest.http
        async with _in_need(lambda: run_short(node), lambda: have_again(node)):
            await until_told(is_full_and_told)
            ready = await http.get("/ready")
            is_accepted_beyond = await is_accepted()
        async with RabbitBus.connect(node.url, service="executor") as bus:
            await bus.subscribe(EXECUTOR_SIGNALS, remember)
            await until(lambda: accepted <= arrived)
        await until_told(is_accepted)

    assert not is_accepted_beyond
    assert told["oldest_unpublished_seconds"] > 0
    assert ready.status_code == 503
    assert "bring RabbitMQ back" in ready.json()["problems"]["spool"]
