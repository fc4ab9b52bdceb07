"""Writes the reports that are due, and has them told, once each even over restarts."""

import asyncio
import re
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import structlog

from novalgo_analytics import wording
from novalgo_analytics.exports.csv_files import CsvFolder
from novalgo_analytics.notifications.notice import Kind, Notice
from novalgo_analytics.notifications.rules import Rules
from novalgo_analytics.notifications.telling import made_notice
from novalgo_analytics.reports.bundle import bundle
from novalgo_analytics.reports.gatherer import Gatherer
from novalgo_analytics.reports.page import mail
from novalgo_analytics.reports.report import Report
from novalgo_analytics.reports.schedule import Due, due
from novalgo_analytics.store import Store
from novalgo_common.clock import Clock
from novalgo_common.errors import UnavailableError
from novalgo_common.exchange_days import day_of, sessions

log = structlog.get_logger()

_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})-(daily|weekly)")

LOOKED = 60.0
"""Seconds between two looks at the calendar."""
SETTLING = 20.0
"""Seconds that everything else gets first at a start: the account is stated, bars can be had."""
AROUND = timedelta(days=12)
KEPT = timedelta(days=180)
"""How long a report's folder stays.  `novalgo report` makes any of them again."""


@dataclass
class Postman:
    store: Store
    gatherer: Gatherer
    rules: Rules
    folder: Path
    clock: Clock

    async def run(self) -> None:
        """Send what is due, for ever."""
        await asyncio.sleep(SETTLING)
        while True:
            try:
                await self.send()
            except UnavailableError as error:
                log.warning("report.not_sent", error=str(error))
            await asyncio.sleep(LOOKED)

    async def send(self) -> None:
        """Send the reports that are due and were not sent before, and remove what is old."""
        now = self.clock()
        today = day_of(now)
        around = sessions(today - AROUND, today + AROUND)
        for each in due(around, now):
            if not await self.store.was_reported(each.name):
                await self._send(each)
                await asyncio.to_thread(_prune, self.folder, today - KEPT)

    async def _send(self, each: Due) -> None:
        notice = None
        if await self._was_there(each):
            folder = self.folder / each.name
            folder.mkdir(parents=True, exist_ok=True)
            report = await self.gatherer.report(each.period, CsvFolder(folder))
            await asyncio.to_thread(_write, folder, report)
            notice = self._notice(each, report, folder)
        await self.store.set_reported(each.name, notice)
        log.info("report.done", report=each.name, sent=notice is not None)

    async def _was_there(self, each: Due) -> bool:
        """Say whether the account was stated in the period: before NovAlgo there is no report."""
        days = await self.store.days()
        return any(each.period.has(stated.day) for stated in days)

    def _notice(self, each: Due, report: Report, folder: Path) -> Notice | None:
        return made_notice(
            self.rules,
            Kind.REPORT,
            notice_id=f"report {each.name}",
            key=each.name,
            title=each.period.name,
            at=self.clock(),
            words={"message": in_words(report), "service": "analytics", "code": "report"},
            folder=str(folder),
        )


def in_words(report: Report) -> str:
    """Return a report that fits into an SMS."""
    numbers, account = report.numbers, report.figures.account
    parts = [
        f"Account {wording.gain(report.earned)}" if report.earned is not None else "",
        f"realised {wording.gain(numbers.realised)} in {numbers.trades} trades",
        f"{wording.percent(numbers.win_rate)} won" if numbers.win_rate is not None else "",
        f"equity {wording.dollars(account.equity)}" if account is not None else "",
    ]
    return ", ".join(part for part in parts if part) + "."


def _prune(folder: Path, before: date) -> None:
    """Remove the reports of days before that; what else lies there is not ours."""
    for path in folder.iterdir() if folder.is_dir() else ():
        named = _NAME.fullmatch(path.name)
        if named and date.fromisoformat(named[1]) < before:
            shutil.rmtree(path)


def _write(folder: Path, report: Report) -> None:
    written = bundle(report)
    for name, content in written.files().items():
        (folder / name).write_bytes(content)
    (folder / "mail.html").write_text(mail(written.report, written.charts), encoding="utf-8")
