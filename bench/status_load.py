"""A minute of a thousand status changes through the sheets service, in a process of its own.

`python -m bench.status_load DATA_DIR GOOGLE_PORT` prints what it found as one line of JSON.
"""

import asyncio
import csv
import json
import sys
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import httpx2

from bench.figures import percentile
from bench.process_memory import megabytes
from novalgo_common.clock import utc_now
from novalgo_common.dead_letters import FileDeadLetters
from novalgo_common.events import Action, Ending, Event, RowStatus, SignalEnded, StatusWritten
from novalgo_common.local_bus import LocalBus
from novalgo_common.topology import QUEUES, SHEETS_UPDATES
from novalgo_sheets.main import open_service
from novalgo_sheets.settings import Settings

ROWS, CHANGES, SECONDS = 200, 1000, 60.0
PATIENCE = 60.0


def symbols() -> list[str]:
    return [f"S{chr(65 + n // 26)}{chr(65 + n % 26)}" for n in range(ROWS)]


def write_tab(data_dir: Path) -> None:
    """Write a Config tab of 200 rows."""
    (data_dir / "sheet").mkdir(parents=True)
    with (data_dir / "sheet" / "Config.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["symbol", "position_size", "active", "Time Frame"])
        rows.writerows([symbol, 5000, "TRUE", "5 Min"] for symbol in symbols())


class Watch:
    """Notes when each change was told, and when it was seen in the sheet."""

    def __init__(self) -> None:
        self.told: dict[UUID, float] = {}
        self.seen: dict[UUID, float] = {}

    async def __call__(self, event: Event) -> None:
        if isinstance(event, StatusWritten):
            self.seen.setdefault(event.correlation_id, time.monotonic())


async def run(data_dir: Path, port: int) -> Mapping[str, float]:
    bus, watch = LocalBus(FileDeadLetters(data_dir / "dead.jsonl")), Watch()
    for queue in QUEUES:
        if queue is not SHEETS_UPDATES:
            await bus.subscribe(queue, watch)
    settings = Settings(data_dir=data_dir, simulator_port=port)
    async with open_service(settings, bus, utc_now):
        await _until(lambda: statuses(data_dir).get("SAA") == "READY")
        await asyncio.sleep(5)
        memory, before = megabytes("self", "VmRSS"), await _calls(port)
        started = time.monotonic()
        last: dict[str, RowStatus] = {}
        for number in range(CHANGES):
            await asyncio.sleep(max(0.0, started + number * SECONDS / CHANGES - time.monotonic()))
            symbol = symbols()[number * 7 % ROWS]
            action = Action.CLOSE if number % 3 else Action.BUY
            last[symbol] = RowStatus.WAITING if action is Action.CLOSE else RowStatus.FILLED
            signal_id = uuid4()
            watch.told[signal_id] = time.monotonic()
            await bus.publish(ended(signal_id, symbol, action))
        after = await _calls(port)
        minute = time.monotonic() - started
        await _until(lambda: watch.seen.keys() >= watch.told.keys())
        grown = megabytes("self", "VmRSS")
        delays = [watch.seen[each] - at for each, at in watch.told.items()]
        shown = statuses(data_dir)
    await bus.close()
    return {
        "writes": after["writes"] - before["writes"],
        "reads": after["reads"] - before["reads"],
        "seconds": minute,
        "p50 s to be seen": percentile(delays, 50),
        "worst s to be seen": max(delays),
        "rows that are wrong": sum(shown[symbol] != status for symbol, status in last.items()),
        "MB": grown,
        "MB more than before": grown - memory,
    }


def ended(signal_id: UUID, symbol: str, action: Action) -> SignalEnded:
    """Return what makes a row FILLED, or WAITING once it is closed."""
    return SignalEnded(
        event_id=uuid4(),
        occurred_at=utc_now(),
        correlation_id=signal_id,
        action=action,
        symbol=symbol,
        timeframe="5 Min",
        ending=Ending.FILLED,
        held=Decimal(0 if action is Action.CLOSE else 25),
    )


def statuses(data_dir: Path) -> dict[str, str]:
    """Return the Order Status of each symbol, as the sheet shows it."""
    with (data_dir / "sheet" / "Config.csv").open(newline="") as file:
        return {row["symbol"]: row.get("Order Status") or "" for row in csv.DictReader(file)}


async def _calls(port: int) -> Mapping[str, int]:
    async with httpx2.AsyncClient(trust_env=False) as client:
        answer = (await client.get(f"http://127.0.0.1:{port}/calls")).json()
    return {"reads": 0, "writes": 0, **answer}


async def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the sheet did not come to show what it was told")
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(run(Path(sys.argv[1]), int(sys.argv[2])))) + "\n")
