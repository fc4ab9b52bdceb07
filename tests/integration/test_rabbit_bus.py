"""What only a RabbitBus can show: storage, outages, takeovers, and a broker that says no."""

import asyncio
import gc
from collections.abc import AsyncIterator
from datetime import datetime
from itertools import islice

import pytest
from aio_pika.abc import AbstractRobustChannel
from pika import BasicProperties

from novalgo_common.clock import utc_now
from novalgo_common.errors import PermanentError, PublishError, SettingsError, UnavailableError
from novalgo_common.events import AlarmRaised, ConfigRequested, Event
from novalgo_common.one_write import OneWrite
from novalgo_common.rabbitmq import RabbitBus
from novalgo_common.rabbitmq.dead_letters import DeadLetterQueue
from novalgo_common.topology import (
    ANALYTICS_JOURNAL,
    DEAD_LETTERS,
    DELIVERY_LIMIT,
    EXECUTOR_SIGNALS,
)
from novalgo_common.wire import encode
from tests.builders import a_config_request, a_fill, a_signal
from tests.listening import Listener
from tests.rabbitmq import amqp_channel
from tests.waiting import until

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("fresh_amqp_url")]

JOURNAL = ANALYTICS_JOURNAL.name


@pytest.fixture
async def bus(fresh_amqp_url: str) -> AsyncIterator[RabbitBus]:
    async with RabbitBus.connect(fresh_amqp_url, service="test") as bus:
        yield bus


async def _publish_until_confirmed(bus: RabbitBus, event: Event) -> None:
    """Do as an outbox does."""
    while True:
        try:
            await bus.publish(event)
            return
        except PublishError:
            await asyncio.sleep(0.05)


def _look_at_dead_letters(url: str, times: int) -> list[tuple[BasicProperties, bytes]]:
    """Take a letter and put it back, so many times; not on the thread that the bus runs in."""
    with amqp_channel(url) as channel:
        seen = []
        for method, properties, body in islice(channel.consume(DEAD_LETTERS), times):
            seen.append((properties, body))
            channel.basic_nack(method.delivery_tag, requeue=True)
        return seen


def _objects_of_the_client() -> int:
    gc.collect()
    modules = (str(type(each).__module__) for each in gc.get_objects())
    return sum(module.startswith(("aio_pika", "aiormq")) for module in modules)


async def test_events_wait_for_their_consumer(fresh_amqp_url: str) -> None:
    fills, listener = [a_fill(), a_fill()], Listener()
    async with RabbitBus.connect(fresh_amqp_url, service="first") as bus:
        for fill in fills:
            await bus.publish(fill)

    async with RabbitBus.connect(fresh_amqp_url, service="second") as bus:
        await bus.subscribe(ANALYTICS_JOURNAL, listener)

        await until(lambda: listener.handled == fills)


async def test_what_is_published_at_once_leaves_together(
    fresh_amqp_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes: list[int] = []

    class Counted(OneWrite):
        def _flush(self) -> None:
            writes.append(len(self._parts))
            super()._flush()

    monkeypatch.setattr("novalgo_common.rabbitmq.transport.OneWrite", Counted)
    async with RabbitBus.connect(fresh_amqp_url, service="test") as bus:
        writes.clear()

        await asyncio.gather(*(bus.publish(a_fill()) for _ in range(100)))

    assert sum(writes) >= 200, "a fill goes to two queues"
    assert len(writes) < 30


async def test_what_was_not_handled_before_a_close_comes_again(fresh_amqp_url: str) -> None:
    fills = [a_fill(), a_fill()]
    unhandled, listener = Listener(*[UnavailableError("the store is away")] * 100), Listener()
    async with RabbitBus.connect(fresh_amqp_url, service="first") as bus:
        await bus.subscribe(ANALYTICS_JOURNAL, unhandled)
        for fill in fills:
            await bus.publish(fill)
        await until(lambda: bool(unhandled.seen))

    async with RabbitBus.connect(fresh_amqp_url, service="second") as bus:
        await bus.subscribe(ANALYTICS_JOURNAL, listener)

        await until(lambda: listener.handled == fills)


async def test_a_standby_takes_over_when_the_consumer_leaves(
    bus: RabbitBus, fresh_amqp_url: str
) -> None:
    active, standby = Listener(), Listener()
    async with RabbitBus.connect(fresh_amqp_url, service="active") as leaving:
        await leaving.subscribe(EXECUTOR_SIGNALS, active)
        await bus.subscribe(EXECUTOR_SIGNALS, standby)
        first = a_signal()
        await bus.publish(first)
        await until(lambda: active.handled == [first])

    second = a_signal()
    await bus.publish(second)

    await until(lambda: standby.handled == [second])


@pytest.mark.parametrize("body", [b"\xff\xfe", b"{}", b'{"type":"signal.received.v9"}'])
async def test_garbage_is_dead_at_once_and_the_others_flow_on(
    bus: RabbitBus, fresh_amqp_url: str, body: bytes
) -> None:
    listener, fill = Listener(), a_fill()
    with amqp_channel(fresh_amqp_url) as channel:
        channel.basic_publish("", JOURNAL, body)

    await bus.subscribe(ANALYTICS_JOURNAL, listener)
    await bus.publish(fill)

    await until(lambda: len(listener.seen) == 2)
    assert fill in listener.seen
    [alarm] = [event for event in listener.seen if isinstance(event, AlarmRaised)]
    assert alarm.code == "dead_letter"
    with amqp_channel(fresh_amqp_url) as channel:
        dead: list[bytes] = []
        await until(lambda: dead.append(channel.basic_get(DEAD_LETTERS)[2]) or dead[-1] == body)  # type: ignore[func-returns-value]


async def test_a_dead_letter_says_where_it_lay_and_why_it_is_dead(
    bus: RabbitBus, fresh_amqp_url: str
) -> None:
    fill = a_fill()
    await bus.subscribe(ANALYTICS_JOURNAL, Listener(PermanentError("no such account")))

    await bus.publish(fill)

    [(properties, body)] = await asyncio.to_thread(_look_at_dead_letters, fresh_amqp_url, 1)
    assert body == encode(fill)
    died_at = datetime.fromisoformat(properties.headers.pop("died_at"))
    assert fill.occurred_at < died_at <= utc_now()
    assert properties.headers == {"queue": JOURNAL, "error": "no such account"}


async def test_a_message_that_ends_its_consumer_again_and_again_is_dead(
    bus: RabbitBus, fresh_amqp_url: str
) -> None:
    fill = a_fill()
    await bus.publish(fill)

    with amqp_channel(fresh_amqp_url) as channel:
        deliveries = channel.consume(JOURNAL)
        for _ in range(DELIVERY_LIMIT + 1):
            method, _, _ = next(deliveries)
            channel.basic_nack(method.delivery_tag, requeue=True)
        channel.cancel()
        assert next(channel.consume(DEAD_LETTERS, auto_ack=True))[2] == encode(fill)


async def test_a_dead_letter_can_be_looked_at_often(bus: RabbitBus, fresh_amqp_url: str) -> None:
    await bus.subscribe(ANALYTICS_JOURNAL, Listener(PermanentError("no such account")))
    await bus.publish(a_fill())

    looks = await asyncio.to_thread(_look_at_dead_letters, fresh_amqp_url, 3 * DELIVERY_LIMIT)
    assert len(looks) == 3 * DELIVERY_LIMIT


async def test_an_event_names_itself_to_who_looks_at_the_queue(
    bus: RabbitBus, fresh_amqp_url: str
) -> None:
    fill = a_fill()

    await bus.publish(fill)
    await bus.publish(fill)

    with amqp_channel(fresh_amqp_url) as channel:
        messages = channel.consume(JOURNAL, auto_ack=True)
        (_, first, body), (_, second, _) = next(messages), next(messages)
    assert body == encode(fill)
    assert first.type == fill.type
    assert first.headers["event_id"] == str(fill.event_id)
    assert first.correlation_id == str(fill.correlation_id)
    assert first.delivery_mode == 2
    assert first.message_id != second.message_id


async def test_a_queue_with_other_arguments_stops_the_start(fresh_amqp_url: str) -> None:
    with amqp_channel(fresh_amqp_url) as channel:
        channel.queue_declare(JOURNAL, durable=True)

    with pytest.raises(SettingsError, match=JOURNAL):
        async with RabbitBus.connect(fresh_amqp_url, service="test"):
            pass


async def test_a_wrong_password_stops_the_start_and_is_not_shown(fresh_amqp_url: str) -> None:
    address = fresh_amqp_url.rpartition("@")[2]

    with pytest.raises(SettingsError, match="user or password") as refused:
        async with RabbitBus.connect(f"amqp://guest:made-up-secret@{address}", service="test"):
            pass
    assert "made-up-secret" not in str(refused.value)


async def test_a_wrong_vhost_stops_the_start(fresh_amqp_url: str) -> None:
    with pytest.raises(SettingsError, match="NOVALGO_AMQP_URL"):
        async with RabbitBus.connect(f"{fresh_amqp_url}no-such-vhost", service="test"):
            pass


async def test_a_broker_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(UnavailableError, match=r"127\.0\.0\.1") as away:
        async with RabbitBus.connect("amqp://guest:made-up-secret@127.0.0.1:1/", service="test"):
            pass
    assert "made-up-secret" not in str(away.value)


@pytest.mark.parametrize("address", ["", "rabbitmq", "http://host/", "amqp://", "amqp://host:x/"])
async def test_what_is_no_address_stops_the_start(address: str) -> None:
    with pytest.raises(SettingsError, match="NOVALGO_AMQP_URL"):
        async with RabbitBus.connect(address, service="test"):
            pass


async def test_a_queue_that_was_deleted_gets_its_consumer_back(
    bus: RabbitBus, fresh_amqp_url: str
) -> None:
    listener, fill = Listener(), a_fill()
    await bus.subscribe(ANALYTICS_JOURNAL, listener)
    with amqp_channel(fresh_amqp_url) as channel:
        channel.queue_delete(JOURNAL)

    await _publish_until_confirmed(bus, fill)

    await until(lambda: listener.handled == [fill])


async def test_a_bus_that_has_watched_its_queues_for_long_holds_no_more_than_before(
    fresh_amqp_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = 0

    class Counted(DeadLetterQueue):
        async def count_again(self, channel: AbstractRobustChannel) -> None:
            nonlocal watched
            await super().count_again(channel)
            watched += 1

    monkeypatch.setattr("novalgo_common.rabbitmq.bus._WATCH_EVERY_SECONDS", 0)
    monkeypatch.setattr("novalgo_common.rabbitmq.bus.DeadLetterQueue", Counted)
    async with RabbitBus.connect(fresh_amqp_url, service="test") as bus:
        await bus.subscribe(EXECUTOR_SIGNALS, Listener())
        await until(lambda: watched > 10)
        held = _objects_of_the_client()

        await until(lambda: watched > 60)

        assert _objects_of_the_client() < held + 50


async def test_a_bus_closes_though_a_breaking_connection_swallows_the_cancellation(
    fresh_amqp_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asyncio.Event()

    async def break_when_cancelled(_bus: RabbitBus, _queue: str) -> bool:
        asked.set()
        try:
            return await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise ConnectionError("no active transport") from None

    monkeypatch.setattr(RabbitBus, "_is_consumed", break_when_cancelled)
    async with asyncio.timeout(30), RabbitBus.connect(fresh_amqp_url, service="test") as bus:
        await bus.subscribe(ANALYTICS_JOURNAL, Listener())
        await asked.wait()


async def test_a_bus_closes_though_requests_come_in_to_the_last(fresh_amqp_url: str) -> None:
    async def never(_request: Event) -> Event:
        await asyncio.Event().wait()
        raise AssertionError

    async with (
        RabbitBus.connect(fresh_amqp_url, service="asking") as asking,
        asyncio.TaskGroup() as tasks,
        asyncio.timeout(30),
        RabbitBus.connect(fresh_amqp_url, service="answering") as answering,
    ):
        await answering.respond(ConfigRequested, never)
        for _ in range(200):
            tasks.create_task(_ask_in_vain(asking))
        await asyncio.sleep(0)


async def _ask_in_vain(bus: RabbitBus) -> None:
    with pytest.raises(UnavailableError):
        await bus.request(a_config_request(), within=0.5)
