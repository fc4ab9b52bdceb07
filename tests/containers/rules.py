"""A run: Prometheus as docker-compose.yml has it, while what it watches is stopped and started."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from tests.chaos.run import until
from tests.chaos.verdict import Check
from tests.containers.compose import Compose
from tests.containers.run import Order, Tell, prepared
from tests.containers.stage import Composed

STOPPED = {
    "ingest": "ServiceDown",
    "executor": "ServiceDown",
    "sheets": "ServiceDown",
    "analytics": "ServiceDown",
    "rabbitmq": "RabbitmqDown",
}
WITHIN = 180.0
"""Seconds: a rule waits for a minute, and a container for as long until it is killed."""


async def run_rules(compose: Compose, order: Order, tell: Tell) -> Sequence[Check]:
    """Run it on containers that are ready; no alert is sent."""
    async with prepared(compose, order.seed) as (system, _):
        async with asyncio.timeout(WITHIN):
            await until(lambda: _is_quiet(system))
        checks = [await _scraped(system), await _taken(system)]
        for service, alert in STOPPED.items():
            await compose("stop", service)
            fired = await _seconds_until(system, alert, firing=True)
            await compose("start", service)
            cleared = await _seconds_until(system, alert, firing=False)
            tell(f"{service} stopped: {alert} fired after {fired}, cleared after {cleared}")
            checks += [
                _done(f"{alert} fires when {service} is stopped", fired),
                _done(f"{alert} clears when {service} is back", cleared),
            ]
        return checks


async def _scraped(system: Composed) -> Check:
    health = {each["labels"]["job"]: each["health"] for each in await _targets(system)}
    wrong = [f"{job} is {what}" for job, what in health.items() if what != "up"]
    return Check("Prometheus scrapes everything", wrong, ", ".join(sorted(health)))


async def _taken(system: Composed) -> Check:
    groups = (await _ask(system, "rules"))["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    wrong = [f"{rule['name']}: {rule['lastError']}" for rule in rules if rule["health"] != "ok"]
    return Check("Prometheus evaluates every rule", wrong, f"{len(rules)} rules")


def _done(promise: str, seconds: str | None) -> Check:
    if seconds is None:
        return Check(promise, [f"not within {WITHIN:.0f} s"], "")
    return Check(promise, [], f"after {seconds}")


async def _seconds_until(system: Composed, alert: str, *, firing: bool) -> str | None:
    started = time.monotonic()

    async def is_so() -> bool:
        return (alert in await _firing(system)) is firing

    with suppress(TimeoutError):
        async with asyncio.timeout(WITHIN):
            await until(is_so)
            return f"{time.monotonic() - started:.0f} s"
    return None


async def _is_quiet(system: Composed) -> bool:
    """Say whether all was scraped, and nothing is wrong."""
    all_up = all(each["health"] == "up" for each in await _targets(system))
    return all_up and not await _firing(system)


async def _firing(system: Composed) -> set[str]:
    alerts = (await _ask(system, "alerts"))["alerts"]
    return {each["labels"]["alertname"] for each in alerts if each["state"] == "firing"}


async def _targets(system: Composed) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await _ask(system, "targets"))["activeTargets"]
    return found


async def _ask(system: Composed, what: str) -> dict[str, Any]:
    answer = await system.http.get(system.url("prometheus", f"/api/v1/{what}"))
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()["data"]
    return found
