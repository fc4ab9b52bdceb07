"""Runs the demo from the first line to the exit code."""

import asyncio
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import redirect_stderr
from pathlib import Path

import httpx2
import uvloop
from rich.console import Console

from novalgo_cli.demo import tables
from novalgo_cli.demo.day import TradingDay
from novalgo_cli.demo.invitation import introduce, invite
from novalgo_cli.demo.outcome import gather
from novalgo_cli.demo.plan import plan_day
from novalgo_cli.demo.progress import showing
from novalgo_cli.demo.rows import ROWS
from novalgo_cli.demo.sheet import fill_in, new_spreadsheet
from novalgo_cli.demo.surroundings import Surroundings, choose
from novalgo_cli.demo.town import Town, until
from novalgo_cli.demo.verdict import verdict
from novalgo_cli.screen import screen
from novalgo_cli.services import FOUR, called_for
from novalgo_cli.sheet.init import chosen, lay_out
from novalgo_common.errors import UnavailableError
from novalgo_common.process import serve
from novalgo_sheets.settings import Settings

KEPT, BROKEN, FAILED, INTERRUPTED = 0, 1, 2, 130
"""Exit codes: every promise kept, one broken, the demo could not run, Ctrl-C."""


def run(seed: int, data_dir: Path | None, environ: Mapping[str, str]) -> int:
    """Return the exit code.  Raises `SettingsError` when the demo cannot start."""
    console = screen()
    if data_dir is not None:
        return _run_in(data_dir, seed, console, environ)
    thrown_away = Path(tempfile.mkdtemp(prefix="novalgo-demo-"))
    code = FAILED
    try:
        code = _run_in(thrown_away, seed, console, environ)
    finally:
        if code != BROKEN:
            shutil.rmtree(thrown_away, ignore_errors=True)
    return code


def _run_in(data_dir: Path, seed: int, console: Console, environ: Mapping[str, str]) -> int:
    at = choose(data_dir, seed, environ)
    introduce(console, at, environ)
    new_spreadsheet(at.config_tab.parent)
    code = uvloop.run(_run(at, console, stays=_stays(console, environ)))
    if code == BROKEN:
        console.print(f"What is left to look at: {at.data_dir}", soft_wrap=True, highlight=False)
    return code


def _stays(console: Console, environ: Mapping[str, str]) -> bool:
    return console.is_terminal and environ.get("DEMO_EXIT", "") in ("", "0")


async def _run(at: Surroundings, console: Console, *, stays: bool) -> int:
    services = called_for(list(FOUR), at.environ())
    ready, stop = asyncio.Event(), asyncio.Event()
    # The services log to stderr; on a terminal that would run into the progress.
    with at.log.open("w", encoding="utf-8") as log, redirect_stderr(log):
        running = asyncio.create_task(serve(services, at.environ(), on_ready=ready.set, stop=stop))
        playing = asyncio.create_task(_play(at, console, ready))
        await asyncio.wait({running, playing}, return_when=asyncio.FIRST_COMPLETED)
        code = INTERRUPTED
        if playing.done():
            code = KEPT if await playing else BROKEN
            if code == KEPT and stays:
                invite(console, at)
                await asyncio.wait({running})
        playing.cancel()
        stop.set()
        await running
    return code


async def _play(at: Surroundings, console: Console, ready: asyncio.Event) -> bool:
    """Return whether every promise was kept."""
    await ready.wait()
    try:
        await lay_out(Settings.from_env(at.environ()), chosen(tabs="all"))
        fill_in(at.config_tab, ROWS)
        async with Town.enter(at) as town:
            await until("all services were ready", town.is_ready)
            with showing(console) as progress:
                diary = await TradingDay(at, town, progress).live(plan_day(at.seed))
            outcome = await gather(at, town, diary)
    except (UnavailableError, httpx2.HTTPError) as error:
        console.print(f"✗ The demo came to a halt: {error}", style="bold red", markup=False)
        return False
    checks = verdict(outcome)
    tables.show(console, outcome)
    tables.show_verdict(console, checks)
    return all(check.holds for check in checks)
