"""A confirmed publish to a quorum queue: the client library's own, and the bus's."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from statistics import median
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

COUNT = 300
BATCH, BATCHES = 100, 7
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
            f"{BATCHES} times {BATCH} at once, whose median counts.  A signal goes to three "
            "queues; the floor sends bytes that were encoded beforehand three times to one.",
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
    alone = [await _timed(publish, 1) for _ in range(COUNT)]
    at_once = [await _timed(publish, BATCH) for _ in range(BATCHES)]
    return {**latencies(alone), AT_ONCE: BATCH / median(at_once)}


async def _timed(publish: Publish, count: int) -> float:
    events = [a_signal(event_id=uuid4()) for _ in range(count)]
    began = time.perf_counter()
    await asyncio.gather(*(publish(event) for event in events))
    return time.perf_counter() - began
