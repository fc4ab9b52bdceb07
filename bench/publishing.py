"""A confirmed publish to a quorum queue: the client library's own, and the bus's."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from uuid import uuid4

import aio_pika
from aio_pika.abc import AbstractChannel

from bench.client import BenchError
from bench.figures import P50, Aim, Comparison, Series, latencies
from bench.kept_open import kept_open
from bench.stage import Contender, Stage, take_turns
from novalgo_common.events import Event
from novalgo_common.rabbitmq import RabbitBus
from novalgo_common.topology import destinations
from novalgo_common.wire import encode
from tests.builders import a_signal

COUNT, AT_ONCE_COUNT = 300, 600
QUEUE = "bench.publishing"
FLOOR, BUS = "aio-pika, confirmed", "NovAlgo's bus"
AT_ONCE = "confirms a second, 100 at once"

Publish = Callable[[Event], Awaitable[object]]


def measure(stage: Stage) -> list[Comparison]:
    if stage.amqp_url is None:
        raise BenchError("a confirmed publish needs RabbitMQ, and there is none")
    title = "A confirmed publish to a quorum queue"
    return [
        Comparison(
            title=title,
            about=f"{COUNT} signals one after the other, each confirmed before the next, then "
            f"{AT_ONCE_COUNT} with 100 on their way.  A signal goes to three queues; the floor "
            "sends bytes that were encoded beforehand three times to one.",
            series=_series(stage, title, stage.amqp_url),
            aims=[Aim(series=BUS, figure=P50, at_most=1.5)],
        )
    ]


def _series(stage: Stage, title: str, amqp_url: str) -> list[Series]:
    with kept_open(_connected(amqp_url)) as (publishers, run):
        contenders = [
            Contender(name, lambda each=each: run(_figures(each)), [])  # type: ignore[misc]
            for name, each in publishers.items()
        ]
        return take_turns(stage, title, contenders, 15)


@asynccontextmanager
async def _connected(amqp_url: str) -> AsyncIterator[Mapping[str, Publish]]:
    async with (
        await aio_pika.connect(amqp_url) as bare,
        RabbitBus.connect(amqp_url, service="bench") as bus,
    ):
        channel = await bare.channel(publisher_confirms=True)
        await channel.declare_queue(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
        body = encode(a_signal())

        async def send(event: Event) -> None:
            sends = [_publish(channel, body) for _ in destinations(event)]
            await asyncio.gather(*sends)

        yield {FLOOR: send, BUS: bus.publish}
        await channel.queue_delete(QUEUE)


async def _publish(channel: AbstractChannel, body: bytes) -> None:
    message = aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
    await channel.default_exchange.publish(message, routing_key=QUEUE)


async def _figures(publish: Publish) -> Mapping[str, float]:
    events = [a_signal(event_id=uuid4()) for _ in range(COUNT + AT_ONCE_COUNT)]
    alone, at_once = events[:COUNT], events[COUNT:]
    seconds = [await _timed(publish, event) for event in alone]
    began = time.perf_counter()
    for first in range(0, AT_ONCE_COUNT, 100):
        await asyncio.gather(*(publish(event) for event in at_once[first : first + 100]))
    return {**latencies(seconds), AT_ONCE: AT_ONCE_COUNT / (time.perf_counter() - began)}


async def _timed(publish: Publish, event: Event) -> float:
    began = time.perf_counter()
    await publish(event)
    return time.perf_counter() - began
