"""The simulated Sheets, each call taking as long as Google's do, and counted.

`python -m bench.slow_google DATA_DIR PORT`; `GET /calls` says how many reads and writes there were.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Request, Response

from novalgo_simulator.google.api import sheets_router
from novalgo_simulator.google.sheets import SimulatedSheets
from novalgo_simulator.settings import SimulatorSettings

CALL = 0.3
"""Seconds."""


def application(data_dir: Path, port: int) -> FastAPI:
    """Return the API over the tabs of a directory."""
    app, calls = FastAPI(), Counter[str]()
    settings = SimulatorSettings(data_dir=data_dir, simulator_port=port)
    app.include_router(sheets_router(SimulatedSheets.open(settings)))

    @app.middleware("http")
    async def slowly(
        request: Request, answer: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        if request.url.path.startswith("/v4/"):
            calls["reads" if request.method == "GET" else "writes"] += 1
            await asyncio.sleep(CALL)
        return await answer(request)

    @app.get("/calls")
    async def counted() -> dict[str, int]:
        return dict(calls)

    return app


if __name__ == "__main__":
    number = int(sys.argv[2])
    uvicorn.run(application(Path(sys.argv[1]), number), port=number, log_level="critical")
