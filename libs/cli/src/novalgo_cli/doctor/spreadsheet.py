"""The owner's spreadsheet: access, tabs, headers, each row, the quota that is left, the clock."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta

import httpx2

from novalgo_cli.announcement import address
from novalgo_cli.doctor.finding import Finding
from novalgo_cli.services import has_simulated_sheet
from novalgo_common.clock import Clock, utc_now
from novalgo_sheets.boards_tabs import HEADERS
from novalgo_sheets.config_tab import ConfigTab, Unusable, read_config
from novalgo_sheets.google import GoogleSheet
from novalgo_sheets.layout import BOARDS
from novalgo_sheets.risk_tab import HEADER as RISK_HEADER
from novalgo_sheets.settings import Settings
from novalgo_sheets.sheet import Reading, SheetAwayError
from novalgo_sheets.table import place

TIMEOUT = 5.0
MOST_APART = timedelta(seconds=5)
_LEFT = re.compile(r'^novalgo_sheets_quota_left\{kind="(\w+)"\} ([0-9.]+)$', re.MULTILINE)


def spreadsheet(environ: Mapping[str, str], clock: Clock = utc_now) -> Iterator[Finding]:
    """Yield what was found; it costs two or three of Google's reads."""
    settings = Settings.from_env(environ)
    try:
        reading, titles, apart = asyncio.run(_look(settings, clock))
    except SheetAwayError as error:
        if has_simulated_sheet(settings):
            yield Finding("sheet access", "the simulated sheet is there while the system runs")
        else:
            told, _, mend = str(error).partition(": ")
            yield Finding("sheet access", told, mend or "see docs/sheet.md, when Google is away")
        return
    yield Finding("sheet access", "the spreadsheet answers")
    yield from _tabs(titles, reading)
    yield from _rows(read_config(reading.config.cells, settings.size_cap))
    yield from _quota(address(settings, settings.sheets_port))
    yield _clock(apart)


async def _look(settings: Settings, clock: Clock) -> tuple[Reading, list[str], timedelta | None]:
    async with GoogleSheet.open(settings) as sheet:
        reading = await sheet.read(BOARDS)
        now, theirs = clock(), sheet.server_time
        return reading, await sheet.titles(), now - theirs if theirs else None


def _tabs(titles: list[str], reading: Reading) -> Iterator[Finding]:
    yield Finding("sheet tabs", ", ".join(titles))
    for title, grid in reading.others.items():
        if place(grid, HEADERS.get(title, RISK_HEADER)) is None:
            told = f"{title} holds something of your own: NovAlgo leaves it alone"
            yield Finding("sheet tabs", told, f"rename it to have NovAlgo's {title} tab")


def _rows(tab: ConfigTab | Unusable) -> Iterator[Finding]:
    if isinstance(tab, Unusable):
        told, _, mend = tab.message.partition(": ")
        yield Finding("sheet headers", told, mend or "fill in rows, or run `novalgo sheet init`")
        return
    yield Finding("sheet headers", "every column that is needed is there")
    for problem in tab.problems():
        told, _, mend = problem.message.partition(": ")
        yield Finding(f"sheet row {problem.row}", f"{problem.symbol}: {told}", mend or "mend it")
    good = tab.config()
    active = sum(row.active for row in good)
    yield Finding("sheet rows", f"{len(good)} can be used, {active} of them active")


def _quota(url: str) -> Iterator[Finding]:
    """Yield what the running service has left of this minute's requests."""
    try:
        with httpx2.Client(timeout=TIMEOUT, trust_env=False) as client:
            left = dict(_LEFT.findall(client.get(f"{url}/metrics").text))
    except httpx2.HTTPError:
        return  # that nothing answers there is told already
    if left:
        told = ", ".join(f"{float(count):.0f} {kind}s" for kind, count in sorted(left.items()))
        yield Finding("sheet quota", f"left of this minute: {told}")


def _clock(apart: timedelta | None) -> Finding:
    if apart is None:
        return Finding("sheet clock", "the answer has no date to compare with")
    if abs(apart) > MOST_APART:
        side = "ahead of" if apart > timedelta(0) else "behind"
        told = f"this machine is {abs(apart).total_seconds():.0f} s {side} Google's clock"
        return Finding("sheet clock", told, "set the clock: `timedatectl set-ntp true`")
    return Finding("sheet clock", "agrees with Google's to a few seconds")
