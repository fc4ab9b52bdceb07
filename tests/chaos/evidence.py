"""What a run came to, by every party's own account."""

import csv
import io
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from novalgo_common.topology import DEAD_LETTERS
from novalgo_sheets.performance_tab import TOTAL
from tests.chaos.alerts import Sent
from tests.chaos.stage import Stage
from tests.rabbitmq import messages_in
from tests.system import System

PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """An order as the executor's store has it."""

    client_order_id: str
    signal_id: str
    leg: str
    part: int
    leg_quantity: Decimal | None
    filled_quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    sent: Sequence[Sent]
    receipts: Sequence[dict[str, Any]]
    """Newest first."""
    intents: Sequence[Intent]
    books: Mapping[tuple[str, str], Decimal]
    external: Mapping[str, Decimal]
    summary: dict[str, Any]
    """By analytics."""
    account: dict[str, Any]
    """By the simulator."""
    config_tab: Sequence[dict[str, str]]
    performance_tab: Sequence[dict[str, str]]
    dead_letters: int


async def receipts(system: System) -> list[dict[str, Any]]:
    """Return every receipt, newest first."""
    found: list[dict[str, Any]] = []
    before = ""
    while True:
        page = await system.get(f"/signals?limit={PAGE}{before}")
        found += page["signals"]
        if page["before"] is None:
            return found
        before = f"&before={page['before']}"


async def summary(system: System) -> dict[str, Any]:
    answer = await system.http.get(system.url("analytics", "/api/v1/summary"))
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


async def gather(stage: Stage, sent: Sequence[Sent]) -> Evidence:
    """Ask everybody."""
    intents, books, external = _executors_store(stage.stores / "executor.sqlite")
    return Evidence(
        sent=sent,
        receipts=await receipts(stage.system),
        intents=intents,
        books=books,
        external=external,
        summary=await summary(stage.system),
        account=await stage.system.truth(),
        config_tab=tab(stage.system, "Config"),
        performance_tab=[row for row in tab(stage.system, "Performance") if row["symbol"] != TOTAL],
        dead_letters=messages_in(stage.node.url, DEAD_LETTERS),
    )


def tab(system: System, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(system.sheet(name))))


def _executors_store(
    path: Path,
) -> tuple[list[Intent], dict[tuple[str, str], Decimal], dict[str, Decimal]]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
        orders = store.execute(
            "SELECT client_order_id, signal_id, leg, part, leg_quantity, filled_quantity"
            " FROM orders"
        )
        intents = [
            Intent(
                client_order_id=row[0],
                signal_id=row[1],
                leg=row[2],
                part=row[3],
                leg_quantity=None if row[4] is None else Decimal(row[4]),
                filled_quantity=Decimal(row[5]),
            )
            for row in orders
        ]
        books = store.execute("SELECT symbol, timeframe, quantity FROM books")
        held = {(row[0], row[1]): Decimal(row[2]) for row in books}
        outside = store.execute("SELECT symbol, quantity FROM externals")
        return intents, held, {row[0]: Decimal(row[1]) for row in outside}
