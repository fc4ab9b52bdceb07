"""A real Chromium without a window: Debian's, installed where this user may."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright

from tests.packages import installed

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
GIVEN_UP = "net::ERR_ABORTED"
"""A page that is left gives up what it asked for: no failure."""
SERIOUS = {"serious", "critical"}
_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
]
_HOW_TO = "install it (apt-get install chromium)"


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Give a running browser; skip (in CI: fail) the test where there can be none."""
    if not installed("chromium", lambda: _path() is not None):
        unavailable = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        unavailable(f"Chromium is not installed: {_HOW_TO}")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_path(), args=_OPTIONS)
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Watched:
    """A tab, and what went wrong in it."""

    page: Page
    problems: list[str] = field(default_factory=list)
    _excused: bool = False

    @classmethod
    async def open(cls, browser: Browser, **options: Any) -> "Watched":
        context = await browser.new_context(**options)
        watched = cls(await context.new_page())
        page = watched.page
        page.on("console", watched._hear)
        page.on("pageerror", lambda error: watched._note(str(error)))
        page.on("requestfailed", watched._miss)
        return watched

    @contextmanager
    def excused(self) -> Iterator[None]:
        """What goes wrong in here was brought about on purpose."""
        self._excused = True
        yield
        self._excused = False

    async def serious_findings(self) -> list[str]:
        """Return what axe-core finds wrong with the view, for people who see or point otherwise."""
        await self.page.evaluate(AXE)
        found = await self.page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        return [
            f"{each['id']}: {each['nodes'][0]['html'][:200]}"
            for each in found["violations"]
            if each["impact"] in SERIOUS
        ]

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self._note(said.text)

    def _miss(self, request: Request) -> None:
        if request.failure != GIVEN_UP:
            self._note(f"{request.failure} {request.url}")

    def _note(self, problem: str) -> None:
        if not self._excused:
            self.problems.append(problem)


def _path() -> str | None:
    return shutil.which("chromium")
