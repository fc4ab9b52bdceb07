"""The simulator as the process runner sees it.

Apart from `main.py`, so that a test of the simulator alone loads no bus.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from novalgo_common.bus import Bus
from novalgo_common.clock import Clock
from novalgo_common.http_server import Edge
from novalgo_common.service import Service
from novalgo_simulator.main import open_simulator
from novalgo_simulator.settings import SimulatorSettings


@asynccontextmanager
async def _open(settings: SimulatorSettings, _bus: Bus, clock: Clock) -> AsyncIterator[FastAPI]:
    async with open_simulator(settings, clock) as app:
        yield app


SERVICE = Service(
    "simulator",
    SimulatorSettings,
    "simulator_port",
    _open,
    uses_bus=False,
    edge=lambda _settings: Edge(takes_websockets=True),
)
