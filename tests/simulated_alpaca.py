"""The simulated Alpaca behind a real socket, and alpaca-py's clients of it."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import requests
import uvicorn
from alpaca.data.historical import StockHistoricalDataClient
from alpaca.trading.client import TradingClient

from novalgo_common.clock import Clock, utc_now
from novalgo_common.simulated import ALPACA_KEY_ID, ALPACA_SECRET_KEY
from novalgo_simulator.faults import Faults
from novalgo_simulator.main import open_simulator
from novalgo_simulator.settings import SimulatorSettings
from tests.http_server import listening, serve

KEY_HEADERS = {
    "APCA-API-KEY-ID": ALPACA_KEY_ID,
    "APCA-API-SECRET-KEY": ALPACA_SECRET_KEY,
}


def simulator_settings(data_dir: Path, **changes: object) -> SimulatorSettings:
    """An account whose orders fill at once and whole, unless a test is about something else."""
    ordinary: dict[str, object] = {
        "simulator_fill_latency": 0.0,
        "simulator_partial_fills": Decimal(0),
        "simulator_rate_limit": 100_000,
        "simulator_step": 0.05,
    }
    return SimulatorSettings.model_validate({"data_dir": data_dir, **ordinary, **changes})


@contextmanager
def serving_alpaca(
    settings: SimulatorSettings, *, clock: Clock = utc_now, faults: Faults | None = None
) -> Iterator[str]:
    """Serve the simulator in a thread of its own; yield its base URL."""
    with listening() as (listener, port):
        server: uvicorn.Server | None = None

        async def simulate() -> None:
            nonlocal server
            async with open_simulator(settings, clock, faults) as app:
                config = uvicorn.Config(
                    app, log_config=None, lifespan="off", timeout_graceful_shutdown=1
                )
                server = uvicorn.Server(config)
                await serve(server, listener)

        thread = threading.Thread(target=asyncio.run, args=(simulate(),))
        thread.start()
        try:
            until(lambda: server is not None and server.started)
            yield f"http://127.0.0.1:{port}"
        finally:
            assert server is not None
            server.should_exit = True
            thread.join()


def trading_client(base: str, *, raw: bool = True) -> TradingClient:
    return TradingClient(
        ALPACA_KEY_ID, ALPACA_SECRET_KEY, paper=True, raw_data=raw, url_override=base
    )


def data_client(base: str) -> StockHistoricalDataClient:
    return StockHistoricalDataClient(ALPACA_KEY_ID, ALPACA_SECRET_KEY, url_override=base)


def control(base: str, what: str, **asked: object) -> dict[str, Any]:
    """Move the market by hand, or trade by hand."""
    answer = requests.post(f"{base}/sim/{what}", json=asked, headers=KEY_HEADERS, timeout=10)
    answer.raise_for_status()
    moved: dict[str, Any] = answer.json()
    return moved


def truth(base: str) -> dict[str, Any]:
    """Return the simulator's own account of everything."""
    answer = requests.get(f"{base}/sim/account", headers=KEY_HEADERS, timeout=10)
    answer.raise_for_status()
    account: dict[str, Any] = answer.json()
    return account


def counted(base: str) -> dict[str, int]:
    """Return how often each of Alpaca's addresses was asked."""
    answer = requests.get(f"{base}/sim/requests", headers=KEY_HEADERS, timeout=10)
    counts: dict[str, int] = answer.json()
    return counts


def until(holds: Callable[[], object], *, seconds: float = 20) -> None:
    """Wait for a condition; fail when it does not come about."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "the condition did not come about"
        time.sleep(0.005)
