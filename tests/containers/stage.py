"""The containers as a system under test, and what everybody says of a run."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from novalgo_sheets.performance_tab import TOTAL
from tests.chaos.alerts import Sent
from tests.chaos.evidence import Evidence, Intent, receipts, summary, tab
from tests.containers.compose import ROOT, Compose
from tests.system import HEADER, System

PORTS = {
    "ingest": 8080,
    "executor": 8081,
    "analytics": 8083,
    "simulator": 8090,
    "prometheus": 9090,
}
IS_READY = ("python", "-S", "/usr/local/lib/is_ready.py")
READY_WITHIN = 120.0

# Run inside executor's container, which has the address of its store.
_EXECUTORS_STORE = """
import json, pathlib, psycopg
address = pathlib.Path("/run/secrets/database_url").read_text().strip()
store = psycopg.connect(address, client_encoding="utf8")
def rows(query):
    return [[None if each is None else str(each) for each in row] for row in store.execute(query)]
print(json.dumps({
    "orders": rows("SELECT client_order_id, signal_id, leg, part, leg_quantity, filled_quantity"
                   " FROM executor.orders ORDER BY signal_id, leg, part"),
    "books": rows("SELECT symbol, timeframe, quantity FROM executor.books"),
    "externals": rows("SELECT symbol, quantity FROM executor.externals"),
}))
"""


@dataclass
class Composed(System):
    """A system whose processes are containers; its sheet lies in the simulator's.

    Its `http` shows the API key with every request.
    """

    compose: Compose = field(kw_only=True)
    _tabs: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str) -> Any:
        response = await self.http.get(self.url("ingest", path))
        response.raise_for_status()
        return response.json()

    async def all_ready(self) -> None:
        """Wait until every service is ready, by its own health check."""
        for service in ("simulator", "ingest", "executor", "sheets", "analytics"):
            async with asyncio.timeout(READY_WITHIN):
                while not await self._is_ready(service):  # noqa: ASYNC110 - in a container
                    await asyncio.sleep(0.5)

    async def resume(self) -> None:
        response = await self.http.post(self.url("executor", "/control/resume"), json={})
        response.raise_for_status()

    async def write_config(self, rows: Sequence[str]) -> None:
        config = "\n".join([HEADER, *(f"{row},,," for row in rows)]) + "\n"
        command = "cat >/data/sheet/new && mv /data/sheet/new /data/sheet/Config.csv"
        await self.compose("exec", "-T", "simulator", "sh", "-c", command, stdin=config)

    async def read_tabs(self) -> None:
        """Look at the simulated sheet now."""
        for name in ("Config", "Performance"):
            path = f"/data/sheet/{name}.csv"
            self._tabs[name] = await self.compose("exec", "-T", "simulator", "cat", path)

    def sheet(self, tab: str) -> str:
        return self._tabs.get(tab, "")

    async def _is_ready(self, service: str) -> bool:
        try:
            await self.compose("exec", "-T", service, *IS_READY)
        except RuntimeError:
            return False
        return True


def secret(name: str) -> str:
    return (ROOT / "secrets" / name).read_text(encoding="utf-8").strip()


async def gather(system: Composed, sent: Sequence[Sent]) -> Evidence:
    """Ask everybody."""
    store = json.loads(
        await system.compose("exec", "-T", "executor", "python", "-c", _EXECUTORS_STORE)
    )
    await system.read_tabs()
    return Evidence(
        sent=sent,
        receipts=await receipts(system),
        intents=[_intent(row) for row in store["orders"]],
        books={(row[0], row[1]): Decimal(row[2]) for row in store["books"]},
        external={row[0]: Decimal(row[1]) for row in store["externals"]},
        summary=await summary(system),
        account=await system.truth(),
        config_tab=tab(system, "Config"),
        performance_tab=[row for row in tab(system, "Performance") if row["symbol"] != TOTAL],
        dead_letters=await _dead_letters(system.compose),
    )


def _intent(row: Sequence[str]) -> Intent:
    return Intent(
        client_order_id=row[0],
        signal_id=row[1],
        leg=row[2],
        part=int(row[3]),
        leg_quantity=None if row[4] is None else Decimal(row[4]),
        filled_quantity=Decimal(row[5]),
    )


async def _dead_letters(compose: Compose) -> int:
    told = await compose("exec", "-T", "rabbitmq", "rabbitmqctl", "-q", "list_queues")
    depths = dict(line.split("\t") for line in told.splitlines() if "\t" in line)
    return int(depths["novalgo.dead"])
