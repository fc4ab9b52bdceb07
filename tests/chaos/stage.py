"""The system as it is put to the test: five processes, a broker, and a proxy on every link."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import assert_never
from urllib.parse import urlsplit

import httpx2

from novalgo_common.simulated import ALPACA_KEY_ID, ALPACA_SECRET_KEY
from novalgo_simulator.faults import Script
from tests.chaos.proxy import Proxy
from tests.chaos.schedule import SERVICES
from tests.chaos.supervisor import Supervisor
from tests.chaos.troubles import (
    BlackHole,
    Cut,
    Faulty,
    FillDisk,
    Freeze,
    FreezeBroker,
    Kill,
    KillBroker,
    LockStore,
    Slow,
    SlowDisk,
    StopBroker,
    Trouble,
)
from tests.ports import free_port
from tests.rabbitmq import PrivateNode
from tests.slow_disk import SlowSyncs
from tests.system import HEADER, System, system_environ
from tests.system import SERVICES as PROCESSES

KEYS = {"APCA-API-KEY-ID": ALPACA_KEY_ID, "APCA-API-SECRET-KEY": ALPACA_SECRET_KEY}
DISK = "256m"
SPARE = 4096
"""Bytes that a full disk still has: less than a page of a database and its log need."""


@dataclass
class Stage:
    system: System
    supervisor: Supervisor
    node: PrivateNode
    links: Mapping[str, Proxy]
    disk: Path | None
    """The services' small disk, where this user may mount one."""
    slow_syncs: SlowSyncs | None
    """What slows ingest's disk, where it could be built."""
    stores: Path
    done: Counter[str] = field(default_factory=Counter)
    """The troubles that came about, by kind."""
    _broker: asyncio.Lock = field(default_factory=asyncio.Lock)
    _disk: asyncio.Lock = field(default_factory=asyncio.Lock)
    _faults: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def bring_about(self, trouble: Trouble) -> None:
        """Carry out a trouble, to its end."""
        match trouble:
            case Kill(service):
                if not self.supervisor.kill(service):
                    return
            case Freeze(service, seconds):
                await self._freeze(service, seconds)
            case KillBroker():
                async with self._broker:
                    await asyncio.to_thread(self.node.restart)
            case StopBroker(seconds):
                async with self._broker:
                    await self._stop_broker(seconds)
            case FreezeBroker(seconds):
                async with self._broker:
                    await self._freeze_broker(seconds)
            case Cut(link):
                self.links[link].cut()
            case BlackHole(link, seconds):
                self.links[link].swallow()
                await self._heal_after(link, seconds)
            case Slow(link, seconds, delay, bytes_per_second):
                self.links[link].delay = delay
                self.links[link].bytes_per_second = bytes_per_second
                await self._heal_after(link, seconds)
            case FillDisk(seconds):
                if not await self._fill_disk(seconds):
                    return
            case SlowDisk(seconds, each):
                if not await self._slow_disk(seconds, each):
                    return
            case LockStore(service, seconds):
                await asyncio.to_thread(self._lock_store, service, seconds)
            case Faulty(script, seconds):
                async with self._faults:
                    with suppress(httpx2.TransportError):  # it was just killed
                        await self.fail(script)
                        await asyncio.sleep(seconds)
                        await self.fail(Script())
            case _:
                assert_never(trouble)
        self.done[_kind(trouble)] += 1

    async def fail(self, script: Script) -> None:
        """Let the simulated Alpaca fail by a script, which a restart of it forgets."""
        url = self.system.url("simulator", "/sim/faults")
        asked = script.model_dump(mode="json")
        answer = await self.system.http.post(url, json=asked, headers=KEYS)
        answer.raise_for_status()

    async def _freeze(self, service: str, seconds: float) -> None:
        process = self.system.processes[service]
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGCONT)

    async def _stop_broker(self, seconds: float) -> None:
        self.node.kill()
        try:
            await asyncio.sleep(seconds)
        finally:
            await asyncio.to_thread(self.node.start)

    async def _freeze_broker(self, seconds: float) -> None:
        self.node.freeze()
        try:
            await asyncio.sleep(seconds)
        finally:
            self.node.thaw()

    async def _heal_after(self, link: str, seconds: float) -> None:
        try:
            await asyncio.sleep(seconds)
        finally:
            self.links[link].heal()

    async def _fill_disk(self, seconds: float) -> bool:
        if self.disk is None:
            return False
        async with self._disk:
            filler = self.disk / "filler"
            try:
                await asyncio.to_thread(_fill, filler)
                await asyncio.sleep(seconds)
            finally:
                filler.unlink(missing_ok=True)
        return True

    async def _slow_disk(self, seconds: float, each: float) -> bool:
        if self.slow_syncs is None:
            return False
        async with self._disk:
            with self.slow_syncs.taking(each):
                await asyncio.sleep(seconds)
        return True

    def _lock_store(self, service: str, seconds: float) -> None:
        path = self.stores / f"{service}.sqlite"
        connection = sqlite3.connect(path, timeout=seconds, isolation_level=None)
        try:
            with suppress(sqlite3.OperationalError):  # the store is busy, or its disk is full
                connection.execute("BEGIN IMMEDIATE")
                time.sleep(seconds)
                connection.execute("ROLLBACK")
        finally:
            connection.close()


@asynccontextmanager
async def a_stage(folder: Path, node: PrivateNode, rows: Sequence[str]) -> AsyncIterator[Stage]:
    """Start everything with these rows of the Config tab; kill what is left at the end."""
    outside, stores = folder / "outside", folder / "stores"
    (outside / "sheet").mkdir(parents=True)
    stores.mkdir()
    config = "\n".join([HEADER, *(f"{row},,," for row in rows)]) + "\n"
    (outside / "sheet" / "Config.csv").write_text(config, encoding="utf-8")
    ports = {service: free_port() for service in PROCESSES}
    async with AsyncExitStack() as stack:
        disk = stack.enter_context(_small_disk(stores))
        links = {
            name: await stack.enter_async_context(Proxy.open(port))
            for name, port in _targets(node, ports).items()
        }
        slow_syncs = SlowSyncs.built_in(outside)
        http = await stack.enter_async_context(httpx2.AsyncClient(timeout=30, trust_env=False))
        system = System(
            data_dir=outside,
            environ=system_environ(ports, data_dir=str(stores), simulator_cash="100000000"),
            ports=ports,
            http=http,
            own=_own_environs(outside, links, slow_syncs),
        )
        supervisor = await stack.enter_async_context(Supervisor.watching(system, PROCESSES))
        yield Stage(system, supervisor, node, links, disk, slow_syncs, stores)


def _targets(node: PrivateNode, ports: Mapping[str, int]) -> dict[str, int]:
    rabbitmq = urlsplit(node.url).port
    assert rabbitmq is not None
    to_rabbitmq = {f"{service} to RabbitMQ": rabbitmq for service in SERVICES}
    return {**to_rabbitmq, "Alpaca": ports["simulator"], "Google": ports["simulator"]}


def _own_environs(
    outside: Path, links: Mapping[str, Proxy], slow_syncs: SlowSyncs | None
) -> dict[str, dict[str, str]]:
    alpaca, google = links["Alpaca"].port, links["Google"].port
    amqp = {service: links[f"{service} to RabbitMQ"].port for service in SERVICES}
    own = {
        service: {"NOVALGO_AMQP_URL": f"amqp://guest:guest@127.0.0.1:{port}/"}
        for service, port in amqp.items()
    }
    if slow_syncs is not None:
        own["ingest"] |= slow_syncs.environ
    own["executor"] |= {
        "NOVALGO_ALPACA_URL": f"http://127.0.0.1:{alpaca}",
        "NOVALGO_ALPACA_DATA_URL": f"http://127.0.0.1:{alpaca}",
        "NOVALGO_ALPACA_STREAM_URL": f"ws://127.0.0.1:{alpaca}/stream",
    }
    own["sheets"] |= {
        "NOVALGO_SHEET_ID": "simulated",
        "NOVALGO_SHEETS_URL": f"http://127.0.0.1:{google}",
        "NOVALGO_GOOGLE_CREDENTIALS": str(outside / "simulated-google-credentials.json"),
    }
    # What plays Alpaca and Google is not on the disk that fills up.
    own["simulator"] = {"NOVALGO_DATA_DIR": str(outside)}
    return own


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path | None]:
    """Mount a small file system on the folder, where this user may; else it stays as it is."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _fill(filler: Path) -> None:
    with filler.open("wb") as file, suppress(OSError):
        while True:
            free = os.statvfs(filler).f_bavail * os.statvfs(filler).f_frsize
            if free <= SPARE:
                return
            file.write(bytes(min(free - SPARE, 1 << 20)))
            file.flush()


def _kind(trouble: Trouble) -> str:
    match trouble:
        case Kill(service):
            return f"kill -9 of {service}"
        case Freeze():
            return "service frozen"
        case KillBroker():
            return "kill -9 of RabbitMQ"
        case StopBroker():
            return "RabbitMQ away"
        case FreezeBroker():
            return "RabbitMQ frozen"
        case Cut():
            return "connections reset"
        case BlackHole():
            return "link black-holed"
        case Slow():
            return "link slowed"
        case FillDisk():
            return "disk full"
        case SlowDisk():
            return "disk slow"
        case LockStore():
            return "store locked"
        case Faulty():
            return "fault of Alpaca's"
