"""A chaos run: load and trouble together, then quiet, then everybody is asked."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import httpx2

from novalgo_simulator.faults import Script
from tests.chaos.alerts import Chart, Load
from tests.chaos.endings import last_signals, status_after
from tests.chaos.evidence import Evidence, gather, receipts, summary, tab
from tests.chaos.schedule import SERVICES, Planned
from tests.chaos.stage import KEYS, Stage, a_stage
from tests.chaos.verdict import Check, verdict
from tests.rabbitmq import PrivateNode
from tests.system import SECRET, System

SYMBOLS = (
    *("AAPL", "MSFT", "NVDA", "TSLA", "AMZN", "META", "GOOGL", "AMD", "NFLX", "INTC", "SPY", "QQQ"),
    *("IBM", "ORCL", "CRM", "ADBE", "CSCO", "PYPL", "UBER", "SHOP", "BA", "GE", "F", "GM", "T"),
    *("VZ", "KO", "PEP", "MCD", "NKE", "DIS", "WMT", "TGT", "COST", "JPM", "GS", "MS", "C", "V"),
    *("MA", "XOM", "CVX", "PFE", "MRK", "JNJ", "BRK.B", "WHOLE", "NOSHT"),
)
TIMEFRAMES = ("5 Min", "15 Min", "1 Hour")
SETTLED_WITHIN = 240.0
"""Seconds after the last trouble in which all must be done."""
WRITTEN_WITHIN = 30.0

Tell = Callable[[float, str], None]
"""Takes the seconds since the start, and what happens now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a run is to be like."""

    seed: int
    seconds: float
    alerts: int
    planned: Sequence[Planned]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    order: Order
    troubles: Counter[str]
    exits: Counter[str]
    evidence: Evidence
    checks: Sequence[Check]
    answered_within: Sequence[float]
    """Seconds that the answers of 200 took, sorted."""

    @property
    def holds(self) -> bool:
        return all(check.holds for check in self.checks)


def chart_rows(charts: Sequence[Chart]) -> list[str]:
    """Return a row of the Config tab for each chart, up to Time Frame."""
    return [
        f"{each.symbol},{2000 + 500 * n % 4500},TRUE,{each.timeframe}"
        for n, each in enumerate(charts)
    ]


async def run(order: Order, folder: Path, node: PrivateNode, tell: Tell) -> Report:
    """Run it; the node must be fresh.  Raises TimeoutError where the system does not settle."""
    charts = [Chart(symbol, timeframe) for symbol in SYMBOLS for timeframe in TIMEFRAMES]
    async with a_stage(folder, node, chart_rows(charts)) as stage:
        await all_ready(stage.system)
        load = Load(
            http=stage.system.http,
            url=stage.system.url("ingest", "/webhook"),
            secret=SECRET,
            charts=charts,
            chance=Random(order.seed),  # noqa: S311 - a game, no secret
        )
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(load.run(order.alerts, order.alerts / order.seconds))
            tasks.create_task(_bring_about(stage, order.planned, tell))
        tell(order.seconds, "quiet: waiting until everything has its ending")
        settled_after = await _settle(stage)
        troubled = [] if settled_after is not None else await _troubled(stage)
        evidence = await gather(stage, load.sent)
        return Report(
            order=order,
            troubles=stage.done,
            exits=stage.supervisor.exits,
            evidence=evidence,
            checks=[_settled(settled_after, troubled), *verdict(evidence)],
            answered_within=sorted(load.seconds),
        )


async def _settle(stage: Stage) -> float | None:
    """Wait until all is done and told; return the seconds to the last ending."""
    quiet_since = time.monotonic()
    settled_after = None
    with suppress(TimeoutError):
        async with asyncio.timeout(SETTLED_WITHIN):
            await until(lambda: _alpaca_is_sound(stage))
            await all_ready(stage.system)
            await until(lambda: all_ended(stage.system))
            settled_after = time.monotonic() - quiet_since
            await stated_anew(stage.system)
        async with asyncio.timeout(WRITTEN_WITHIN):
            await until(lambda: sheet_is_written(stage.system))
    return settled_after


async def _troubled(stage: Stage) -> list[str]:
    """Say what each service that is not ready says of it."""
    answers = [
        (service, await stage.system.http.get(stage.system.url(service, "/ready")))
        for service in SERVICES
    ]
    return [f"{service}: {answer.text}" for service, answer in answers if answer.status_code != 200]


def _settled(seconds: float | None, troubled: Sequence[str]) -> Check:
    promise = "Everything drains by itself"
    if seconds is None:
        return Check(promise, [f"not within {SETTLED_WITHIN:.0f} s", *troubled], "")
    return Check(promise, [], f"{seconds:.0f} s after the last trouble")


async def _bring_about(stage: Stage, planned: Sequence[Planned], tell: Tell) -> None:
    started = time.monotonic()
    async with asyncio.TaskGroup() as troubles:
        for each in planned:
            await asyncio.sleep(started + each.at - time.monotonic())
            tell(each.at, str(each.trouble))
            troubles.create_task(stage.bring_about(each.trouble))


async def all_ready(system: System) -> None:
    for service in SERVICES:
        await system.answers(service, "/ready")


async def _alpaca_is_sound(stage: Stage) -> bool:
    await stage.fail(Script())
    return True


async def all_ended(system: System) -> bool:
    return all(receipt["ending"] for receipt in await receipts(system))


async def stated_anew(system: System) -> None:
    """Stop the market, and wait until analytics has heard of an account that stands still."""
    url = system.url("simulator", "/sim/market")
    answer = await system.http.post(url, json={"frozen": True}, headers=KEYS)
    answer.raise_for_status()
    stopped_at = datetime.now(UTC)

    async def is_stated() -> bool:
        account = (await summary(system))["account"]
        return account is not None and datetime.fromisoformat(account["at"]) > stopped_at

    await until(is_stated)
    await until(lambda: _performance_is_written(system))


async def _performance_is_written(system: System) -> bool:
    await system.get("/performance")
    return True


async def sheet_is_written(system: System) -> bool:
    """Say whether no row waits for the news of an order or an ending."""
    shown = {
        (row["symbol"], row["Time Frame"]): row["Order Status"] for row in tab(system, "Config")
    }
    return all(
        shown.get(book) == status_after(receipt)
        for book, receipt in last_signals(await receipts(system)).items()
    )


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    while True:
        with suppress(httpx2.TransportError, httpx2.HTTPStatusError):
            if await condition():
                return
        await asyncio.sleep(1)
