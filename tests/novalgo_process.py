"""The `novalgo` command as a process of its own."""

import asyncio
import os
import signal
import sysconfig
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from novalgo_common.simulated import ALPACA_KEY_ID, ALPACA_SECRET_KEY
from tests.ports import free_port

SERVICES = ("ingest", "executor", "sheets", "analytics", "simulator")
NOVALGO = str(Path(sysconfig.get_path("scripts")) / "novalgo")
ENDS_WITHIN = 10.0
KEYS = {"APCA-API-KEY-ID": ALPACA_KEY_ID, "APCA-API-SECRET-KEY": ALPACA_SECRET_KEY}


@dataclass(frozen=True)
class Finished:
    """A command that ran to its end."""

    code: int
    out: str
    err: str


async def novalgo(
    *arguments: str, environ: Mapping[str, str] | None = None, seconds: float = 120
) -> Finished:
    """Run a command without a terminal, to its end."""
    process = await asyncio.create_subprocess_exec(
        NOVALGO,
        *arguments,
        env=clean_environ() | dict(environ or {}),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), seconds)
    except TimeoutError:
        process.kill()
        raise
    assert process.returncode is not None
    return Finished(process.returncode, out.decode(), err.decode())


def clean_environ() -> dict[str, str]:
    """Return this process's environment without any setting of NovAlgo's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NOVALGO_")}
    return kept | {"COLUMNS": "100"}


@dataclass
class Up:
    """`novalgo up`, on a data directory and on ports of its own."""

    data_dir: Path
    settings: dict[str, str]
    http: httpx2.AsyncClient
    ports: dict[str, int] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None

    @property
    def environ(self) -> dict[str, str]:
        ports = {f"NOVALGO_{name.upper()}_PORT": str(port) for name, port in self.ports.items()}
        return {"NOVALGO_DATA_DIR": str(self.data_dir), **ports, **self.settings}

    async def start(self) -> None:
        """Start it and return once every service is ready."""
        with (
            (self.data_dir / "up.out").open("wb") as out,
            (self.data_dir / "up.err").open("ab") as err,
        ):
            self.process = await asyncio.create_subprocess_exec(
                NOVALGO, "up", env=clean_environ() | self.environ, stdout=out, stderr=err
            )
        async with asyncio.timeout(60):
            for name in SERVICES[:-1]:
                await self._is_ready(name)

    async def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> int:
        """Ask it to end; return its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), ENDS_WITHIN)

    def url(self, service: str, path: str) -> str:
        return f"http://127.0.0.1:{self.ports[service]}{path}"

    def said(self) -> str:
        return (self.data_dir / "up.out").read_text(encoding="utf-8")

    async def read(self, path: str) -> Any:
        """Return what ingest answers to the holder of the API key."""
        key = (self.data_dir / "api_key").read_text(encoding="utf-8").strip()
        response = await self.http.get(self.url("ingest", path), headers={"X-API-Key": key})
        response.raise_for_status()
        return response.json()

    async def truth(self) -> Any:
        """Return the simulated broker's own account of everything."""
        return (await self.http.get(self.url("simulator", "/sim/account"), headers=KEYS)).json()

    async def _is_ready(self, name: str) -> None:
        while True:
            assert self.process is not None
            assert self.process.returncode is None, (self.data_dir / "up.err").read_text()
            with suppress(httpx2.TransportError):
                if (await self.http.get(self.url(name, "/ready"))).status_code == 200:
                    return
            await asyncio.sleep(0.05)


@asynccontextmanager
async def running_up(data_dir: Path, **settings: str) -> AsyncIterator[Up]:
    """Run `novalgo up` with these settings; kill what is left of it at the end."""
    named = {f"NOVALGO_{name.upper()}": value for name, value in settings.items()}
    async with httpx2.AsyncClient(timeout=30, trust_env=False) as http:
        up = Up(data_dir, named, http, {name: free_port() for name in SERVICES})
        try:
            await up.start()
            yield up
        finally:
            if up.process is not None and up.process.returncode is None:
                await up.kill()
