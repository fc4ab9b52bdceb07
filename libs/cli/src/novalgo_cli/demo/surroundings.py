"""Where the demo runs: a directory of its own, ports of its own, settings of its own."""

import socket
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from novalgo_common.errors import SettingsError

NAMES = ("ingest", "executor", "sheets", "analytics", "simulator")
RATE_LIMIT = 100_000
"""Requests a minute; Alpaca's 200 would stretch the day, compressed as it is, to many minutes."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    data_dir: Path
    ports: Mapping[str, int]
    seed: int

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.ports[service]}"

    @property
    def config_tab(self) -> Path:
        return self.data_dir / "sheet" / "Config.csv"

    @property
    def performance_tab(self) -> Path:
        return self.data_dir / "sheet" / "Performance.csv"

    @property
    def log(self) -> Path:
        return self.data_dir / "demo.log"

    def environ(self) -> dict[str, str]:
        """Return all that the services read: nothing of the real environment is among it."""
        settings = {f"{name}_port": str(port) for name, port in self.ports.items()}
        settings |= {
            "data_dir": str(self.data_dir),
            "reconcile_seconds": "2",
            "simulator_seed": str(self.seed),
            "simulator_step": "0.01",
            "simulator_partial_fills": "0.3",
            "simulator_rate_limit": str(RATE_LIMIT),
        }
        return {f"NOVALGO_{name.upper()}": value for name, value in settings.items()}


def choose(data_dir: Path, seed: int, environ: Mapping[str, str]) -> Surroundings:
    """Return surroundings whose ports are the environment's where it names them, else free ones.

    Raises `SettingsError` where the directory holds something already.
    """
    if data_dir.exists() and (not data_dir.is_dir() or any(data_dir.iterdir())):
        raise SettingsError(f"--data-dir: {data_dir} is not an empty directory")
    data_dir.mkdir(parents=True, exist_ok=True)
    named = {name: environ.get(f"NOVALGO_{name.upper()}_PORT") for name in NAMES}
    free = _free_ports()
    return Surroundings(
        data_dir=data_dir,
        ports={name: _number(name, text) if text else free[name] for name, text in named.items()},
        seed=seed,
    )


def ignored(environ: Mapping[str, str]) -> list[str]:
    """Return the names of the settings in the environment that the demo takes no notice of."""
    taken = {f"NOVALGO_{name.upper()}_PORT" for name in NAMES}
    return sorted(
        name
        for name in environ
        if name.startswith("NOVALGO_")
        and not name.startswith("NOVALGO_TEST_")
        and name not in taken
    )


def _number(name: str, text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        raise SettingsError(f"NOVALGO_{name.upper()}_PORT: not a port number")
    return int(text)


def _free_ports() -> dict[str, int]:
    with ExitStack() as stack:
        listeners = {
            name: stack.enter_context(socket.create_server(("127.0.0.1", 0))) for name in NAMES
        }
        return {name: listener.getsockname()[1] for name, listener in listeners.items()}
