"""What a figure was measured on: without it, a figure says nothing."""

import asyncio
import os
import platform
import subprocess
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import aio_pika

PACKAGES = ("fastapi", "uvicorn", "uvloop", "sqlalchemy", "aio-pika", "pydantic", "alpaca-py")
WRITTEN = ("--", ".", ":!docs/benchmarks.md", ":!docs/images/bench")
"""All but what a run itself writes."""


def description(at: datetime, amqp_url: str | None) -> dict[str, str]:
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1024**3:.0f} GB",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "packages": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        "RabbitMQ": asyncio.run(_rabbitmq(amqp_url)) if amqp_url else "none",
        "commit": _commit(),
        "date": f"{at:%d %B %Y, %H:%M} UTC",
        "load before": " ".join(f"{load:.1f}" for load in os.getloadavg()),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


async def _rabbitmq(amqp_url: str) -> str:
    async with await aio_pika.connect(amqp_url) as connection:
        assert connection.transport is not None
        return str(connection.transport.connection.server_properties["version"])


def _commit() -> str:
    """Return the commit, marked where the tree has changes other than those of an earlier run."""
    commit = _git("rev-parse", "--short", "HEAD") or "unknown"
    return f"{commit}-dirty" if _git("status", "--porcelain", *WRITTEN) else commit


def _git(*arguments: str) -> str:
    found = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    return found.stdout.strip()
