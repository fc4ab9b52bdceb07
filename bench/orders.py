"""When orders arrived at the simulated Alpaca, by its own record."""

import time
from collections.abc import Collection, Mapping
from datetime import datetime

import httpx2

from bench.client import BenchError
from bench.servers import Server
from novalgo_common.simulated import ALPACA_KEY_ID, ALPACA_SECRET_KEY

ARRIVE_WITHIN = 120.0
KEYS = {"APCA-API-KEY-ID": ALPACA_KEY_ID, "APCA-API-SECRET-KEY": ALPACA_SECRET_KEY}


def arrivals(simulator: Server, order_ids: Collection[str]) -> Mapping[str, float]:
    """Return when each order arrived, in seconds since 1970, once all of them are filled.

    The simulator runs on this machine, so its clock is the client's.
    """
    deadline = time.monotonic() + ARRIVE_WITHIN
    while missing := set(order_ids) - (found := filled(simulator)).keys():
        if time.monotonic() > deadline:
            raise BenchError(f"{len(missing)} of {len(order_ids)} alerts became no filled order")
        time.sleep(0.5)
    return {order_id: found[order_id] for order_id in order_ids}


def filled(simulator: Server) -> Mapping[str, float]:
    """Return when each order that is filled by now arrived, in seconds since 1970."""
    answer = httpx2.get(f"http://127.0.0.1:{simulator.port}/sim/account", headers=KEYS, timeout=10)
    if answer.status_code != 200:
        raise BenchError(f"the simulator answers {answer.status_code}")
    return {
        order["client_order_id"]: datetime.fromisoformat(order["created_at"]).timestamp()
        for order in answer.json()["orders"]
        if order["status"] == "filled"
    }
