"""What the simulated Alpaca was asked, by its own record."""

import httpx2

from bench.novalgo import SYMBOLS
from bench.orders import KEYS
from bench.servers import Server, wait_until

ASSETS_WITHIN = 120.0


def counts(simulator: Server) -> dict[str, int]:
    """Return how many requests of each kind came so far."""
    url = f"http://127.0.0.1:{simulator.port}/sim/requests"
    found: dict[str, int] = httpx2.get(url, headers=KEYS, timeout=10).json()
    return found


def wait_for_assets(simulator: Server) -> None:
    """Return once executor knows the assets of all rows, as it does a minute after its start."""
    wait_until(
        lambda: counts(simulator).get("GET /v2/assets/*", 0) >= len(SYMBOLS),
        ASSETS_WITHIN,
        "executor has not asked for the assets of its rows",
    )
