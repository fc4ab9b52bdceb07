"""An ingest to be attacked: a process of its own, whose every output can be searched.

`python -m tests.fuzzed_ingest FOLDER` runs it until it is killed.  It logs all it can, with no
secret struck out: what should not be said must not be said at all.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from novalgo_common.events import Event, PositionsRequested, PreviewRequested
from novalgo_common.observability import configure_logging
from tests.builders import (
    a_config_changed,
    a_performance_written,
    a_positions_report,
    a_preview,
)
from tests.ingest_service import API_KEY, SECRET, Ingest, running_ingest

CANARY, KEY = SECRET, API_KEY
_PAUSE = 0.02


@dataclass(frozen=True)
class FuzzedIngest:
    url: str
    folder: Path
    process: "subprocess.Popen[bytes]"

    def said(self) -> Iterator[tuple[str, bytes]]:
        """Yield all that it has written anywhere, by the name of the file."""
        for path in sorted(self.folder.rglob("*")):
            if path.is_file():
                yield path.name, path.read_bytes()

    def is_alive(self) -> bool:
        return self.process.poll() is None


@contextmanager
def fuzzed_ingest(folder: Path) -> Iterator[FuzzedIngest]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzzed_ingest", str(folder)],
            cwd=Path(__file__).parents[1],
            stdout=log,
            stderr=log,
        )
    try:
        yield FuzzedIngest(_url(folder, process), folder, process)
    finally:
        process.kill()
        process.wait()


def _url(folder: Path, process: "subprocess.Popen[bytes]") -> str:
    deadline = time.monotonic() + 60
    while not (folder / "url").exists():
        assert process.poll() is None, (folder / "log").read_text()
        assert time.monotonic() < deadline, "ingest did not start"
        time.sleep(_PAUSE)
    return (folder / "url").read_text()


async def _run(folder: Path) -> None:
    async with running_ingest(folder) as ingest:
        await ingest.bus.respond(PositionsRequested, _positions)
        await ingest.bus.respond(PreviewRequested, _preview)
        await ingest.bus.publish(a_config_changed())
        draft = folder / "url.draft"
        draft.write_text(str(ingest.client.base_url))
        draft.rename(folder / "url")
        await _write_performance(ingest)


async def _positions(_request: Event) -> Event:
    return a_positions_report()


async def _preview(_request: Event) -> Event:
    return a_preview()


async def _write_performance(ingest: Ingest) -> None:
    """Answer each request for the Performance tab, as sheets would."""
    answered = 0
    while True:
        for request in ingest.requests[answered:]:
            await ingest.bus.publish(a_performance_written(correlation_id=request.event_id))
            answered += 1
        ingest.clock.advance(timedelta(seconds=5))  # no lock-out lasts
        await asyncio.sleep(_PAUSE)


if __name__ == "__main__":
    configure_logging("debug", [])
    asyncio.run(_run(Path(sys.argv[1])))
