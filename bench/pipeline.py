"""The floor of alert to order: a bare pipeline over RabbitMQ that keeps nothing.

`intake` publishes what it is sent, confirmed, before it answers; `trader` consumes it and posts an
order.  Nothing is checked, stored, sized or looked up, and what either loses is lost.
"""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aio_pika
import aiohttp
from aio_pika.abc import AbstractIncomingMessage
from fastapi import FastAPI, Request

from bench.bare_server import serve
from novalgo_common.simulated import ALPACA_KEY_ID, ALPACA_SECRET_KEY

QUEUE = "bench.pipeline"
_KEYS = {"APCA-API-KEY-ID": ALPACA_KEY_ID, "APCA-API-SECRET-KEY": ALPACA_SECRET_KEY}


def intake(amqp_url: str) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with await aio_pika.connect(amqp_url) as connection:
            channel = await connection.channel(publisher_confirms=True)
            await channel.declare_queue(QUEUE, auto_delete=True)
            app.state.exchange = channel.default_exchange
            yield

    app = _app(lifespan)

    @app.post("/webhook")
    async def webhook(request: Request) -> dict[str, str]:
        alert = await request.body()
        exchange: aio_pika.abc.AbstractExchange = app.state.exchange
        await exchange.publish(aio_pika.Message(alert), routing_key=QUEUE)
        return {"status": "success", "order_id": json.loads(alert)["id"]}

    return app


def trader(amqp_url: str, alpaca_url: str) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with (
            await aio_pika.connect(amqp_url) as connection,
            aiohttp.ClientSession(alpaca_url, headers=_KEYS, connector=_connector()) as alpaca,
        ):

            async def post_order(message: AbstractIncomingMessage) -> None:
                async with message.process():
                    order = _order(json.loads(message.body))
                    async with alpaca.post("/v2/orders", json=order) as answer:
                        await answer.read()

            channel = await connection.channel()
            await channel.set_qos(prefetch_count=100)
            queue = await channel.declare_queue(QUEUE, auto_delete=True)
            await queue.consume(post_order)
            yield

    return _app(lifespan)


def _connector() -> aiohttp.TCPConnector:
    # The simulator closes what was idle for 10 s, and an order that meets that is lost.
    return aiohttp.TCPConnector(keepalive_timeout=4)


def _app(lifespan: object) -> FastAPI:
    app = FastAPI(lifespan=lifespan)  # type: ignore[arg-type]

    @app.get("/ready")
    async def ready() -> dict[str, str]:
        return {"status": "ready"}

    return app


def _order(alert: dict[str, str]) -> dict[str, str]:
    return {
        "symbol": alert["symbol"],
        "side": "buy" if alert["action"] == "BUY" else "sell",
        "type": "market",
        "time_in_force": "day",
        "qty": "1",
        "client_order_id": alert["id"],
    }


if __name__ == "__main__":
    role, own_port, *urls = sys.argv[1:]
    serve(intake(*urls) if role == "intake" else trader(*urls), port=int(own_port))
