"""The broker dies, comes back, or stands still, and no confirmed event is lost."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from novalgo_common.errors import PublishError, UnavailableError
from novalgo_common.events import ConfigChanged, ConfigRequested, Event
from novalgo_common.rabbitmq import RabbitBus
from novalgo_common.topology import ANALYTICS_JOURNAL
from tests.builders import a_config_changed, a_config_request, a_fill
from tests.listening import Listener
from tests.rabbitmq import Broker, PrivateNode, amqp_channel, private_node
from tests.waiting import until

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def mortal_node(broker: Broker) -> Iterator[PrivateNode]:
    """Give a node whose queues are declared once: see `PrivateNode.kill`."""
    if broker.node is None:
        pytest.skip("the broker is not ours to kill")
    with private_node() as node:
        yield node


@pytest.fixture
def node(mortal_node: PrivateNode) -> PrivateNode:
    return mortal_node


@pytest.fixture
async def bus(node: PrivateNode) -> AsyncIterator[RabbitBus]:
    async with RabbitBus.connect(node.url, service="test") as bus:
        with amqp_channel(node.url) as channel:
            channel.queue_purge(ANALYTICS_JOURNAL.name)
        yield bus


async def _publish_until_confirmed(bus: RabbitBus, event: Event) -> None:
    """Do as an outbox does."""
    while True:
        try:
            await bus.publish(event)
            return
        except PublishError:
            await asyncio.sleep(0.05)


async def test_confirmed_events_survive_the_death_of_the_broker(
    bus: RabbitBus, node: PrivateNode
) -> None:
    fills = [a_fill() for _ in range(20)]
    for fill in fills:
        await bus.publish(fill)

    await asyncio.to_thread(node.restart)

    listener = Listener()
    async with RabbitBus.connect(node.url, service="late") as late:
        await late.subscribe(ANALYTICS_JOURNAL, listener)
        await until(lambda: listener.handled == fills)


async def test_everything_resumes_when_the_broker_comes_back(
    bus: RabbitBus, node: PrivateNode
) -> None:
    listener, follower = Listener(), Listener()
    answer = a_config_changed()

    async def respond(request: Event) -> Event:
        return answer

    await bus.subscribe(ANALYTICS_JOURNAL, listener)
    await bus.follow(ConfigChanged, follower)
    await bus.respond(ConfigRequested, respond)
    node.kill()
    await until(lambda: len(bus.problems()) == 2)
    with pytest.raises(PublishError):
        await bus.publish(a_fill())
    with pytest.raises(UnavailableError):
        await bus.request(a_config_request(), within=1)
    await asyncio.to_thread(node.start)

    change = a_config_changed()
    await _publish_until_confirmed(bus, change)

    await until(lambda: bus.problems() == [])
    await until(lambda: change in listener.handled)
    final = a_config_changed()
    await bus.publish(final)
    await until(lambda: final in follower.handled)
    assert await bus.request(a_config_request(), within=30) == answer


async def test_a_handler_runs_to_its_end_while_the_broker_dies(
    bus: RabbitBus, node: PrivateNode
) -> None:
    running, release, log = 0, asyncio.Event(), list[str]()

    async def handle(event: Event) -> None:
        nonlocal running
        running += 1
        log.append(f"started, {running} running")
        await release.wait()
        running -= 1
        log.append("finished")

    await bus.subscribe(ANALYTICS_JOURNAL, handle)
    await bus.publish(a_fill())
    await until(lambda: len(log) == 1)
    await asyncio.to_thread(node.restart)
    await until(lambda: bus.problems() == [])
    release.set()

    # Not acknowledged on a connection that is gone, it comes a second time, after the first.
    await until(lambda: len(log) == 4)
    assert log == ["started, 1 running", "finished"] * 2


async def test_a_message_that_the_broker_waits_for_no_longer_comes_again_after_its_first_time(
    node: PrivateNode,
) -> None:
    release, log, fill = asyncio.Event(), list[str](), a_fill()

    async def handle(event: Event) -> None:
        if event == fill:
            log.append("started")
            await release.wait()
            log.append("finished")

    await asyncio.to_thread(node.wait_for_acknowledgements, 1000)
    try:
        async with RabbitBus.connect(node.url, service="slow") as bus:
            await bus.subscribe(ANALYTICS_JOURNAL, handle)
            await bus.publish(fill)
            await until(lambda: node.has_logged("timed out waiting for delivery acknowledgement"))
            release.set()

            await until(lambda: len(log) == 4)
    finally:
        await asyncio.to_thread(node.wait_for_acknowledgements, None)
    assert log == ["started", "finished"] * 2


async def test_a_publish_ends_while_the_broker_hangs(bus: RabbitBus, node: PrivateNode) -> None:
    listener, fill = Listener(), a_fill()
    await bus.subscribe(ANALYTICS_JOURNAL, listener)
    node.freeze()
    try:
        with pytest.raises(PublishError):
            await bus.publish(fill)
    finally:
        node.thaw()

    await _publish_until_confirmed(bus, fill)

    await until(lambda: fill in listener.handled)


async def test_while_the_broker_is_short_of_memory_what_lies_there_is_still_taken(
    bus: RabbitBus, node: PrivateNode
) -> None:
    listener, before, during = Listener(), a_fill(), a_fill()
    await bus.publish(before)
    await asyncio.to_thread(node.run_short_of_memory)
    try:
        with pytest.raises(PublishError):
            await bus.publish(during)
        await bus.subscribe(ANALYTICS_JOURNAL, listener)
        await until(lambda: before in listener.handled)
    finally:
        await asyncio.to_thread(node.have_memory_again)

    await _publish_until_confirmed(bus, during)

    # The one that ended as not confirmed may land as well: its id is the same.
    await until(lambda: during in listener.handled)
    assert {event.event_id for event in listener.handled} == {before.event_id, during.event_id}
