"""Runs the whole system on loopback, sends it the recording, and shows what came of it."""

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import uvloop
from rich.console import Console
from rich.progress import track

from novalgo_cli.demo.surroundings import Surroundings, choose
from novalgo_cli.demo.town import Town, until
from novalgo_cli.replay.recording import Recorded, read_recording
from novalgo_cli.replay.tables import show
from novalgo_cli.services import FOUR, called_for
from novalgo_common.credentials import API_KEY, WEBHOOK_SECRET
from novalgo_common.errors import SettingsError, UnavailableError
from novalgo_common.process import serve
from novalgo_common.simulated import ALPACA_KEY_ID, ALPACA_SECRET_KEY

CENT = Decimal("0.01")
_KEYS = {"APCA-API-KEY-ID": ALPACA_KEY_ID, "APCA-API-SECRET-KEY": ALPACA_SECRET_KEY}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the configuration would have done."""

    receipts: Sequence[dict[str, Any]]
    """In the order of the recording."""
    account: dict[str, Any]
    """The simulated broker's own account of it."""


def replay(recording: Path, config: Path, console: Console, *, as_json: bool) -> int:
    """Return 0 once every alert had its ending.  Raises `SettingsError`, `UnavailableError`."""
    alerts = read_recording(_read(recording))
    tab = _read(config)
    folder = Path(tempfile.mkdtemp(prefix="novalgo-replay-"))
    try:
        at = choose(folder, 7, {})
        at.config_tab.parent.mkdir(parents=True)
        at.config_tab.write_text(tab, encoding="utf-8")
        outcome = uvloop.run(_run(at, alerts, console))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if as_json:
        console.print_json(data={"signals": list(outcome.receipts), "account": outcome.account})
    else:
        show(console, outcome.receipts, outcome.account)
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read ({type(error).__name__})") from None


async def _run(at: Surroundings, alerts: Sequence[Recorded], console: Console) -> Outcome:
    environ = at.environ() | {"NOVALGO_SIMULATOR_PARTIAL_FILLS": "0"}
    services = called_for(list(FOUR), environ)
    ready, stop = asyncio.Event(), asyncio.Event()
    with at.log.open("w", encoding="utf-8") as log, redirect_stderr(log):
        running = asyncio.create_task(serve(services, environ, on_ready=ready.set, stop=stop))
        playing = asyncio.create_task(_play(at, alerts, console, ready))
        await asyncio.wait({running, playing}, return_when=asyncio.FIRST_COMPLETED)
        try:
            return await playing if playing.done() else await _ended_early(running, playing)
        finally:
            stop.set()
            await running


async def _ended_early(running: "asyncio.Task[None]", playing: "asyncio.Task[Outcome]") -> Outcome:
    playing.cancel()
    await running
    raise UnavailableError("the replay was interrupted")


async def _play(
    at: Surroundings, alerts: Sequence[Recorded], console: Console, ready: asyncio.Event
) -> Outcome:
    await ready.wait()
    async with Town.enter(at) as town, httpx2.AsyncClient(timeout=30, trust_env=False) as client:

        async def is_configured() -> bool:
            return await town.is_ready() and bool(await town.config())

        await until("the Config tab had an active row", is_configured)
        player = _Player(at, client)
        shown = track(alerts, "replaying", console=console, disable=not console.is_terminal)
        receipts = [await player.play(alert) for alert in shown]
        return Outcome(receipts, await town.account())


class _Player:
    def __init__(self, at: Surroundings, client: httpx2.AsyncClient) -> None:
        self._at = at
        self._client = client
        self._secret = (at.data_dir / WEBHOOK_SECRET).read_text(encoding="utf-8").strip()
        key = (at.data_dir / API_KEY).read_text(encoding="utf-8").strip()
        self._api = {"X-API-Key": key}

    async def play(self, alert: Recorded) -> dict[str, Any]:
        """Send an alert at its own price; return its receipt once it has ended."""
        if alert.price is not None:
            price = {"symbol": alert.symbol, "price": str(max(alert.price.quantize(CENT), CENT))}
            url = f"{self._at.url('simulator')}/sim/price"
            (await self._client.post(url, json=price, headers=_KEYS)).raise_for_status()
        body = {
            "action": alert.action,
            "symbol": alert.symbol,
            "timeframe": alert.timeframe,
            "price": str(alert.price) if alert.price is not None else None,
            "id": uuid4().hex,
            "secret": self._secret,
        }
        answer = await self._client.post(f"{self._at.url('ingest')}/webhook", json=body)
        answer.raise_for_status()
        return await self._ended(answer.json()["signal_id"])

    async def _ended(self, signal_id: str) -> dict[str, Any]:
        receipt: dict[str, Any] = {}

        async def has_ended() -> bool:
            url = f"{self._at.url('ingest')}/signals/{signal_id}"
            receipt.update((await self._client.get(url, headers=self._api)).json())
            return receipt.get("ending") is not None

        await until("the signal had its ending", has_ended, pause=0.02)
        return receipt
