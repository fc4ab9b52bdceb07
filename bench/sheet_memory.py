"""How much memory the sheets service takes by itself, and whether it grows with the changes."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from bench.client import BenchError
from bench.figures import Comparison, Series
from bench.memory import RESIDENT, resident, small_and_flat
from bench.novalgo import sheets_alone
from bench.servers import free_ports, server
from bench.stage import Stage
from bench.status_load import ROWS, ended, statuses, symbols, write_tab
from novalgo_common.events import Action, RowStatus
from novalgo_common.rabbitmq import RabbitBus

CHANGES = 4_000
STEPS = 4
AT_ONCE = 100
WITHIN = 600.0
SHEETS = "sheets in a process of its own"
CACHES = "caches of SQLite and of the allocator fill; what Python holds stays the same"


def measure(stage: Stage) -> list[Comparison]:
    if stage.amqp_url is None:
        raise BenchError("sheets runs by itself on RabbitMQ alone, and there is none")
    room = stage.room("sheets")
    write_tab(room)
    [port] = free_ports(1)
    with server(["bench.slow_google", str(room), str(port)], [port], room):
        with sheets_alone(room, stage.amqp_url, port):
            _wait_for(room, RowStatus.READY)
        series = _grown(stage, stage.amqp_url, room, port)
    return [
        Comparison(
            title=f"Memory over {CHANGES:,} status changes",
            about=f"Resident memory of the sheets service, over {ROWS} rows, when the sheet shows "
            "all that was sent.",
            series=series,
            aims=small_and_flat(series[-1].name, reason=CACHES),
        )
    ]


def _grown(stage: Stage, amqp_url: str, room: Path, port: int) -> list[Series]:
    """Return the memory, step by step, of a service whose tables are there already.

    The start that makes them loads what does that, once, and keeps it.
    """
    with sheets_alone(room, amqp_url, port) as sheets:
        series = [Series(f"{SHEETS}, at the start", [{RESIDENT: resident(sheets)}])]
        for step in range(1, STEPS + 1):
            stage.tell(f"memory of sheets: {CHANGES * step // STEPS:,} changes")
            _wait_for(room, asyncio.run(_change(amqp_url, step)))
            after = f"{SHEETS}, after {CHANGES * step // STEPS:,} changes"
            series.append(Series(after, [{RESIDENT: resident(sheets)}]))
    return series


async def _change(amqp_url: str, step: int) -> RowStatus:
    """Change every row many times; return the status that each has at the end."""
    actions: Sequence[Action] = (Action.BUY, Action.CLOSE)
    rounds = CHANGES // STEPS // ROWS
    async with RabbitBus.connect(amqp_url, service="bench") as bus:
        for number in range(rounds):
            action = actions[(step + number) % 2]
            events = [ended(uuid4(), symbol, action) for symbol in symbols()]
            for first in range(0, len(events), AT_ONCE):
                await asyncio.gather(*map(bus.publish, events[first : first + AT_ONCE]))
    return RowStatus.WAITING if action is Action.CLOSE else RowStatus.FILLED


def _wait_for(room: Path, status: RowStatus) -> None:
    """Wait until every row shows the status."""
    deadline = time.monotonic() + WITHIN
    while set(statuses(room).values()) != {status.value}:
        if time.monotonic() > deadline:
            raise BenchError("the sheet did not come to show what it was told")
        time.sleep(0.2)
