"""A confirmed publish to a quorum queue: the client library's own, and the bus's."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from uuid import uuid4

import aio_pika
from aio_pika.abc import AbstractChannel

from bench.client import BenchError
from bench.figures import P50, Aim, Comparison, Series, latencies
from bench.stage import Stage
from novalgo_common.events import Event
from novalgo_common.rabbitmq import RabbitBus
from novalgo_common.topology import destinations
from novalgo_common.wire import encode
from tests.builders import a_signal

COUNT = 500
QUEUE = "bench.publishing"
FLOOR, BUS = "aio-pika, confirmed", "NovAlgo's bus"
AT_ONCE = "confirms a second, 100 at once"

Publish = Callable[[Event], Awaitable[object]]


def measure(stage: Stage) -> list[Comparison]:
    if stage.amqp_url is None:
        raise BenchError("a confirmed publish needs RabbitMQ, and there is none")
    rounds = asyncio.run(_rounds(stage, stage.amqp_url))
    return [
        Comparison(
            title="A confirmed publish to a quorum queue",
            about=f"{COUNT} signals one after the other, each confirmed before the next, then as "
            "many with 100 on their way.  A signal goes to three queues; the floor sends bytes "
            "that were encoded beforehand three times to one.",
            series=[Series(name, figures) for name, figures in rounds.items()],
            aims=[Aim(series=BUS, figure=P50, at_most=1.5)],
        )
    ]


async def _rounds(stage: Stage, amqp_url: str) -> Mapping[str, list[Mapping[str, float]]]:
    async with AsyncExitStack() as stack:
        bare = await stack.enter_async_context(await aio_pika.connect(amqp_url))
        channel = await bare.channel(publisher_confirms=True)
        await channel.declare_queue(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
        bus = await stack.enter_async_context(RabbitBus.connect(amqp_url, service="bench"))
        body = encode(a_signal())

        async def send(event: Event) -> None:
            sends = [_publish(channel, body) for _ in destinations(event)]
            await asyncio.gather(*sends)

        found: dict[str, list[Mapping[str, float]]] = {FLOOR: [], BUS: []}
        for number in range(stage.rounds * 3 + 1):
            for name, publish in ((FLOOR, send), (BUS, bus.publish)):
                stage.tell(f"publishing: {name}, {f'round {number}' if number else 'warming up'}")
                figures = await _figures(publish)
                if number:
                    found[name].append(figures)
        await channel.queue_delete(QUEUE)
        return found


async def _publish(channel: AbstractChannel, body: bytes) -> None:
    message = aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
    await channel.default_exchange.publish(message, routing_key=QUEUE)


async def _figures(publish: Publish) -> Mapping[str, float]:
    events = [a_signal(event_id=uuid4()) for _ in range(COUNT)]
    seconds = [await _timed(publish, event) for event in events]
    began = time.perf_counter()
    for first in range(0, COUNT, 100):
        await asyncio.gather(*(publish(event) for event in events[first : first + 100]))
    return {**latencies(seconds), AT_ONCE: COUNT / (time.perf_counter() - began)}


async def _timed(publish: Publish, event: Event) -> float:
    began = time.perf_counter()
    await publish(event)
    return time.perf_counter() - began
