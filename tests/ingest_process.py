"""Ingest as its container runs it: a process of its own, on RabbitMQ."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx2

from tests.ingest_service import SECRET
from tests.ports import free_port


@dataclass(frozen=True)
class IngestProcess:
    http: httpx2.AsyncClient
    process: asyncio.subprocess.Process

    async def kill(self) -> None:
        """End it as a power cut would."""
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


@asynccontextmanager
async def ingest_process(
    data_dir: Path, amqp_url: str, settings: Mapping[str, str] | None = None
) -> AsyncIterator[IngestProcess]:
    """Run `python -m novalgo_ingest` until it is killed, at the end at the latest.

    Its log is the file `log` in the data folder.
    """
    port = free_port()
    environ = {
        **os.environ,
        "NOVALGO_AMQP_URL": amqp_url,
        "NOVALGO_DATA_DIR": str(data_dir),
        "NOVALGO_INGEST_PORT": str(port),
        "NOVALGO_WEBHOOK_SECRETS": SECRET,
        **(settings or {}),
    }
    with (data_dir / "log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "novalgo_ingest", env=environ, stderr=log
        )
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
        ingest = IngestProcess(http, process)
        try:
            await _wait_until_up(http)
            yield ingest
        finally:
            await ingest.kill()


async def _wait_until_up(client: httpx2.AsyncClient) -> None:
    async with asyncio.timeout(30):
        while True:
            with suppress(httpx2.TransportError):
                await client.get("/ready")
                return
            await asyncio.sleep(0.05)
