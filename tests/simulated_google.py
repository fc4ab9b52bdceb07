"""The simulated Sheets behind a real socket."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI

from novalgo_simulator.google.api import sheets_router
from novalgo_simulator.google.quota import Quota
from novalgo_simulator.google.sheets import SimulatedSheets
from novalgo_simulator.settings import SimulatorSettings
from tests.http_server import serving


@dataclass(frozen=True)
class RunningGoogle:
    sheets: SimulatedSheets
    base_url: str

    @property
    def port(self) -> int:
        return int(self.base_url.rpartition(":")[2])


@contextmanager
def running_google(
    data_dir: Path, *, port: int = 0, quota: Quota | None = None
) -> Iterator[RunningGoogle]:
    """Serve the tabs of `data_dir/sheet`; a `port` of 0 is any free one."""
    opened: list[SimulatedSheets] = []

    def app(number: int) -> FastAPI:
        settings = SimulatorSettings(data_dir=data_dir, simulator_port=number)
        opened.append(SimulatedSheets.open(settings, quota=quota))
        application = FastAPI()
        application.include_router(sheets_router(opened[0]))
        return application

    with serving(app, port=port) as base_url:
        yield RunningGoogle(opened[0], base_url)
