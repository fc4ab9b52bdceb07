"""A run: a dump that is taken under load, put into empty stores as the runbook says, and traded on.

The simulator stays: it is Alpaca and Google, who know what came after the dump.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.chaos.alerts import Load, Sent
from tests.chaos.run import all_ended, until
from tests.chaos.verdict import Check, verdict_of_restored
from tests.containers.compose import ROOT, Compose
from tests.containers.run import (
    PAUSE,
    SERVICES,
    SETTLED_WITHIN,
    Order,
    Tell,
    prepared,
    settle,
)
from tests.containers.stage import Composed, gather

RESTORED = ROOT / "deploy" / "postgres" / "restored.sql"
STORES = ("postgres", "rabbitmq")
IN_POSTGRES = ("exec", "-T", "postgres")
DATABASE = ("-U", "novalgo", "-d", "novalgo")


@dataclass(frozen=True, kw_only=True)
class Dump:
    content: bytes
    made_at: datetime
    answered: Sequence[Sent]
    """The alerts that were answered before it was begun."""


async def run_restored(compose: Compose, order: Order, tell: Tell) -> Sequence[Check]:
    """Run it on containers that were started for the first time: half of the alerts before the
    restore, a quarter while entries are halted, a quarter after that."""
    async with prepared(compose, order.seed) as (system, load):
        dump = await _dumped_under_load(system, load, order, tell)
        await _ended(system)
        lost = len(load.sent)
        await _put_back(system, dump, tell)
        await load.run(order.alerts // 4, order.per_second)
        await _ended(system)
        resumed = len(load.sent)
        await system.resume()
        await load.run(order.alerts // 4, order.per_second)
        tell("quiet: waiting until everything has its ending")
        await settle(system, tell)
        evidence = await gather(system, [*dump.answered, *load.sent[lost:]])
        halted, traded = load.sent[lost:resumed], load.sent[resumed:]
        return verdict_of_restored(evidence, halted=halted, traded=traded)


async def _dumped_under_load(system: Composed, load: Load, order: Order, tell: Tell) -> Dump:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(load.run(order.alerts // 2, order.per_second))
        await asyncio.sleep(order.alerts / order.per_second / 4)
        answered = [alert for alert in load.sent if alert.answers]
        made_at, started = datetime.now(UTC), time.monotonic()
        dump = ("pg_dump", *DATABASE, "-Fc")
        content = await system.compose.raw(*IN_POSTGRES, *dump)
        tell(
            f"dump of {len(content) / 1024:,.0f} KiB after {len(answered)} alerts, "
            f"in {time.monotonic() - started:.1f} s"
        )
    return Dump(content=content, made_at=made_at, answered=answered)


async def _put_back(system: Composed, dump: Dump, tell: Tell) -> None:
    compose = system.compose
    await compose("stop", *SERVICES)
    for store in STORES:
        await compose.empty(store)
    await compose("up", "--detach", "--wait", "--no-deps", *STORES)
    await _restore(compose, dump, tell)
    started = time.monotonic()
    await compose("start", *SERVICES)
    await system.all_ready()
    tell(f"all ready, so reconciled, {time.monotonic() - started:.1f} s after")
    await asyncio.sleep(PAUSE)


async def _restore(compose: Compose, dump: Dump, tell: Tell) -> None:
    started = time.monotonic()
    restore = ("pg_restore", *DATABASE, "--clean", "--if-exists")
    await compose.raw(*IN_POSTGRES, *restore, stdin=dump.content)
    made_at = f"--set=made_at={dump.made_at.isoformat()}"
    psql = ("psql", *DATABASE, "--set=ON_ERROR_STOP=1", made_at)
    await compose(*IN_POSTGRES, *psql, stdin=RESTORED.read_text(encoding="utf-8"))
    tell(f"put into empty stores in {time.monotonic() - started:.1f} s")


async def _ended(system: Composed) -> None:
    async with asyncio.timeout(SETTLED_WITHIN):
        await until(lambda: all_ended(system))
