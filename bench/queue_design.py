"""A common design, in miniature: answer at once, keep the alert in memory, work it off in turn.

Google and Alpaca are stood for by the time that a call to them takes.  The orders that it comes to
send are written to a file, one line each.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request

from bench.bare_server import serve

GOOGLE_CALL = 0.3
ALPACA_CALL = 0.1


def app(orders: Path) -> FastAPI:
    waiting: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def work() -> None:
        while True:
            alert = await waiting.get()
            await asyncio.sleep(GOOGLE_CALL + 2 * ALPACA_CALL)
            with orders.open("a") as file:
                file.write(f"{alert['id']}\n")

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(work())
        yield
        task.cancel()

    queueing = FastAPI(lifespan=lifespan)

    @queueing.get("/ready")
    async def ready() -> dict[str, str]:
        return {"status": "ready"}

    @queueing.post("/webhook")
    async def webhook(request: Request) -> dict[str, str]:
        waiting.put_nowait(await request.json())
        return {"status": "success"}

    return queueing


if __name__ == "__main__":
    serve(app(Path(sys.argv[2])), port=int(sys.argv[1]))
