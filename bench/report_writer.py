"""Writes one report, and prints how long it took and how much memory: `bench/profit.py` runs it."""

import asyncio
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.history import LAST_DAY, settings
from bench.process_memory import megabytes
from novalgo_analytics.bookkeeper import Bookkeeper
from novalgo_analytics.exports.csv_files import CsvFolder
from novalgo_analytics.reports.bundle import bundle
from novalgo_analytics.reports.gatherer import Gatherer
from novalgo_analytics.reports.period import of_days
from novalgo_analytics.store import Store
from novalgo_common.dead_letters import FileDeadLetters
from novalgo_common.events import Bar, BarsRequested, Event
from novalgo_common.local_bus import LocalBus
from novalgo_common.store import Database
from tests.builders import a_bars_report

NOW = datetime(2026, 11, 26, 1, tzinfo=UTC)


async def main(room: Path, days: int) -> None:
    closes = [Bar.model_validate(each) for each in json.loads((room / "closes.json").read_text())]

    async def answer(event: Event) -> Event:
        assert isinstance(event, BarsRequested)
        return a_bars_report(bars=tuple(closes) if event.symbol == "SPY" else ())

    bus = LocalBus(FileDeadLetters(room / "dead_letters.jsonl"))
    await bus.respond(BarsRequested, answer)
    async with Database.open(settings(room), "analytics") as database:
        store = Store(database, lambda: NOW)
        gatherer = Gatherer(store, Bookkeeper(store), bus, lambda: NOW, "SPY")
        began, used = time.perf_counter(), time.process_time()
        folder = room / "report"
        folder.mkdir(exist_ok=True)
        period = of_days(days * 365 // 252 + 2, LAST_DAY)
        report = await gatherer.report(period, CsvFolder(folder))
        await asyncio.to_thread(bundle, report)
        found = {
            "seconds": time.perf_counter() - began,
            "CPU seconds": time.process_time() - used,
        }
    peak = megabytes("self", "VmHWM")  # getrusage would count the parent's, too
    sys.stdout.write(json.dumps(found | {"peak MB": peak}) + "\n")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
