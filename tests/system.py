"""The whole system as containers run it: five processes that meet on RabbitMQ."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from novalgo_common.simulated import ALPACA_KEY_ID, ALPACA_SECRET_KEY
from tests.ports import free_port

SECRET = "made-up-webhook-secret"
API_KEY = "made-up-api-key"
SERVICES = ("simulator", "ingest", "executor", "sheets", "analytics")
HEADER = "symbol,position_size,active,Time Frame,Order Status,Last Updated,Reason"


@dataclass
class System:
    """The running processes, and how to talk to them."""

    data_dir: Path
    environ: dict[str, str]
    ports: dict[str, int]
    http: httpx2.AsyncClient
    processes: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)
    own: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What only one service's environment has, by service."""

    async def start(self, *services: str) -> None:
        """Start services and return once each answers."""
        for service in services:
            await self.spawn(service)
        await asyncio.gather(*(self.answers(service, "/health", 200, 401) for service in services))

    async def spawn(self, service: str) -> None:
        """Start a service, and do not wait for it.  There may be a "second executor", too."""
        module = f"novalgo_{service.rsplit(maxsplit=1)[-1]}"
        environ = self.environ | dict(self.own.get(service, {}))
        with (self.data_dir / f"{service}.log").open("ab") as log:
            self.processes[service] = await asyncio.create_subprocess_exec(
                sys.executable, "-m", module, env=environ, stderr=log
            )

    async def kill(self, service: str) -> None:
        """End a process as a power cut would."""
        self.processes[service].kill()
        await self.processes[service].wait()

    async def stop(self, service: str) -> int:
        """Ask a process to end; return its exit code."""
        self.processes[service].send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.processes[service].wait(), 10)

    async def answers(self, service: str, path: str, *statuses: int) -> None:
        """Wait until a service answers this path with one of these statuses, else 200."""
        async with asyncio.timeout(60):
            while True:
                with suppress(httpx2.TransportError):
                    answer = await self.http.get(self.url(service, path))
                    if answer.status_code in (statuses or (200,)):
                        return
                await asyncio.sleep(0.05)

    def url(self, service: str, path: str) -> str:
        return f"http://127.0.0.1:{self.ports[service]}{path}"

    async def alert(self, **fields: object) -> httpx2.Response:
        """Send an alert, as TradingView does."""
        body = {"action": "BUY", "symbol": "AAPL", "timeframe": "15", "secret": SECRET} | fields
        return await self.http.post(self.url("ingest", "/webhook"), json=body)

    async def get(self, path: str) -> Any:
        """Return what ingest answers to the owner."""
        response = await self.http.get(self.url("ingest", path), headers={"X-API-Key": API_KEY})
        response.raise_for_status()
        return response.json()

    async def ended(self, signal_ids: Sequence[str], *, seconds: float = 60) -> list[Any]:
        """Return the receipts once every signal has its ending."""
        async with asyncio.timeout(seconds):
            while True:
                receipts = [await self.get(f"/signals/{each}") for each in signal_ids]
                if all(receipt["ending"] for receipt in receipts):
                    return receipts
                await asyncio.sleep(0.1)

    async def truth(self) -> Any:
        """Return the simulated broker's own account of everything."""
        keys = {"APCA-API-KEY-ID": ALPACA_KEY_ID, "APCA-API-SECRET-KEY": ALPACA_SECRET_KEY}
        response = await self.http.get(self.url("simulator", "/sim/account"), headers=keys)
        return response.json()

    def sheet(self, tab: str) -> str:
        path = self.data_dir / "sheet" / f"{tab}.csv"
        return path.read_text(encoding="utf-8") if path.exists() else ""


@asynccontextmanager
async def a_system(
    data_dir: Path, amqp_url: str, rows: Sequence[str], **settings: str
) -> AsyncIterator[System]:
    """Run all five processes with these rows of the Config tab; kill what is left at the end."""
    (data_dir / "sheet").mkdir(parents=True, exist_ok=True)
    config = "\n".join([HEADER, *(f"{row},,," for row in rows)]) + "\n"
    (data_dir / "sheet" / "Config.csv").write_text(config, encoding="utf-8")
    ports = {service: free_port() for service in SERVICES}
    environ = system_environ(ports, amqp_url=amqp_url, data_dir=str(data_dir), **settings)
    async with httpx2.AsyncClient(timeout=30) as http:
        system = System(data_dir, environ, ports, http)
        try:
            await system.start(*SERVICES)
            yield system
        finally:
            for process in system.processes.values():
                if process.returncode is None:
                    process.kill()
                    await process.wait()


def system_environ(ports: Mapping[str, int], **settings: str) -> dict[str, str]:
    """Return the environment of the processes: usual settings, and these."""
    usual = {
        "webhook_secrets": SECRET,
        "api_keys": API_KEY,
        "simulator_rate_limit": "100000",
        "reconcile_seconds": "2",
        **{f"{service}_port": str(port) for service, port in ports.items()},
    }
    return {
        **os.environ,
        **{f"NOVALGO_{name.upper()}": value for name, value in (usual | settings).items()},
    }
