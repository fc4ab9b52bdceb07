"""A run: load, and each container killed and restarted meanwhile, or replaced."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import httpx2

from tests.chaos.alerts import Chart, Load
from tests.chaos.run import (
    SYMBOLS,
    TIMEFRAMES,
    all_ended,
    chart_rows,
    sheet_is_written,
    stated_anew,
    until,
)
from tests.chaos.verdict import Check, verdict
from tests.containers.compose import Compose
from tests.containers.stage import PORTS, Composed, gather, secret

SERVICES = ("analytics", "sheets", "executor", "ingest")
"""In the order of an upgrade: who reads an event goes before who writes it."""
KILLED = (*SERVICES, "rabbitmq", "postgres", "simulator")
PAUSE = 3.0
SETTLED_WITHIN = 300.0

Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Order:
    alerts: int
    per_second: float
    seed: int
    upgrade_to: str | None
    """The version of the images that replace the running ones; None to kill and restart those."""


async def run(compose: Compose, order: Order, tell: Tell) -> Sequence[Check]:
    """Run it on containers that were started for the first time; raise TimeoutError where they
    do not settle."""
    async with prepared(compose, order.seed) as (system, load):
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(load.run(order.alerts, order.per_second))
            tasks.create_task(_trouble(system, order, tell))
        tell("quiet: waiting until everything has its ending")
        await settle(system, tell)
        async with asyncio.timeout(SETTLED_WITHIN):
            await until(lambda: _sheet_shows_all(system))
        return verdict(await gather(system, load.sent))


@asynccontextmanager
async def prepared(compose: Compose, seed: int) -> AsyncIterator[tuple[Composed, Load]]:
    """Give the containers, ready for the alerts of many charts, and those alerts."""
    charts = [Chart(symbol, timeframe) for symbol in SYMBOLS for timeframe in TIMEFRAMES]
    headers = {"X-API-Key": secret("api_keys")}
    async with httpx2.AsyncClient(timeout=30, headers=headers, trust_env=False) as http:
        system = Composed(Path(), {}, PORTS, http, compose=compose)
        await system.write_config(chart_rows(charts))
        await system.all_ready()
        yield (
            system,
            Load(
                http=http,
                url=system.url("ingest", "/webhook"),
                secret=secret("webhook_secrets"),
                charts=charts,
                chance=Random(seed),  # noqa: S311 - a game, no secret
            ),
        )


async def _trouble(system: Composed, order: Order, tell: Tell) -> None:
    if order.upgrade_to is not None:
        await _upgrade(system, order.upgrade_to, tell)
        return
    for service in KILLED:
        await system.compose.kill(service)
        await _back(system, f"kill -9 of {service}", tell)
    for service in KILLED:
        started = time.monotonic()
        await system.compose("stop", "--timeout", "60", service)
        tell(f"{service} stopped after {time.monotonic() - started:.1f} s")
        await system.compose("start", service)
        await _back(system, f"restart of {service}", tell)


async def _upgrade(system: Composed, version: str, tell: Tell) -> None:
    await asyncio.sleep(PAUSE)
    system.compose = replace(system.compose, version=version)
    for service in SERVICES:
        await system.compose("up", "--detach", "--no-deps", "--no-build", service)
        await _back(system, f"upgrade of {service} to {version}", tell)


async def _back(system: Composed, what: str, tell: Tell) -> None:
    started = time.monotonic()
    await system.all_ready()
    tell(f"{what}: all ready again {time.monotonic() - started:.1f} s after")
    await asyncio.sleep(PAUSE)


async def settle(system: Composed, tell: Tell) -> None:
    """Wait until every signal has its ending, and the account is stated as it stands then."""
    started = time.monotonic()
    async with asyncio.timeout(SETTLED_WITHIN):
        await system.all_ready()
        await until(lambda: all_ended(system))
        tell(f"every signal has its ending {time.monotonic() - started:.0f} s after the last alert")
        await stated_anew(system)


async def _sheet_shows_all(system: Composed) -> bool:
    await system.read_tabs()
    return await sheet_is_written(system)
