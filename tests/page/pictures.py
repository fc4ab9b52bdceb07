"""Makes docs/images/page-*.png: each view after a demo day.  `python -m tests.page.pictures`.

A real Chromium before a real `novalgo demo`: each view on a desk, and all of them on a phone and in
the dark, beside each other.  Run it anew when the page has changed, and look at what it makes.
"""

import asyncio
import os
import pty
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal, TypeAlias

from PIL import Image
from playwright.async_api import Browser, Page, ViewportSize

from tests.page.browser import chromium
from tests.ports import free_port

IMAGES = Path("docs/images")
VIEWS = ("overview", "signals", "books", "performance", "trades", "execution", "control")
DESK: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 844}
PATIENCE = 60_000
GAP = 24
Scheme: TypeAlias = Literal["light", "dark"]
STAYS = "It stays up until Ctrl-C"


async def main() -> None:
    with a_demo_day() as day:
        async with chromium() as browser:
            await _on_a_desk(browser, day)
            dark = [picture async for picture in _each(browser, day, DESK, "dark")]
            _save(_beside(dark, 2, scale=0.45), "page-dark")
            phone = [picture async for picture in _each(browser, day, PHONE, "light")]
            _save(_beside(phone, 4, scale=0.62), "page-phone")
            await _before_a_flatten(browser, day)


@dataclass(frozen=True)
class Day:
    """A demo's day that is over, while the page stays up."""

    url: str
    folder: Path

    @property
    def key(self) -> str:
        return (self.folder / "api_key").read_text(encoding="utf-8").strip()


@contextmanager
def a_demo_day() -> Iterator[Day]:
    folder = Path(tempfile.mkdtemp(prefix="novalgo-pictures-"))
    names = ("INGEST", "EXECUTOR", "SHEETS", "ANALYTICS", "SIMULATOR")
    ports = {f"NOVALGO_{name}_PORT": str(free_port()) for name in names}
    ours, theirs = pty.openpty()  # without a terminal it would not stay
    novalgo = Path(sys.executable).with_name("novalgo")
    command = [str(novalgo), "demo", "--data-dir", str(folder / "day")]
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, **ports}
    )
    os.close(theirs)
    try:
        _wait_until_it_stays(ours)
        yield Day(f"http://127.0.0.1:{ports['NOVALGO_ANALYTICS_PORT']}", folder / "day")
    finally:
        process.terminate()
        process.wait(30)
        os.close(ours)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_it_stays(terminal: int) -> None:
    told = ""
    while STAYS not in told:
        told += os.read(terminal, 4096).decode(errors="replace")


async def _on_a_desk(browser: Browser, day: Day) -> None:
    url = day.url
    async with _tab(browser, day, DESK, "light") as page:
        for view in VIEWS:
            if view == "performance":
                continue  # of one day there is nothing to draw
            await _show(page, url, view)
            _save(_image(await page.screenshot()), f"page-{view}")
        await _show(page, url, "signals", "?ending=filled")
        await page.locator("tbody tr").first.click()
        await page.locator("dialog pre").wait_for(timeout=PATIENCE)
        await page.get_by_role("button", name="Ask executor").click()
        await page.locator("dialog [role=status] .badge, dialog [role=status] li").first.wait_for()
        await page.locator("dialog").evaluate("dialog => dialog.scrollTo(0, 0)")
        _save(_image(await page.screenshot()), "page-receipt")
        await _show(page, url, "trades")
        await page.locator("tbody tr").first.click()
        await page.locator("dialog canvas").first.wait_for(timeout=PATIENCE)
        await page.mouse.move(0, 0)
        _save(_image(await page.screenshot()), "page-trade")


async def _before_a_flatten(browser: Browser, day: Day) -> None:
    async with _tab(browser, day, PHONE, "light") as page:
        await _show(page, day.url, "control")
        await page.get_by_role("button", name="Flatten…").click()
        await page.locator("dialog").wait_for()
        _save(_image(await page.screenshot()), "page-confirm-phone")


async def _each(
    browser: Browser, day: Day, size: ViewportSize, scheme: Scheme
) -> AsyncIterator[Image.Image]:
    async with _tab(browser, day, size, scheme) as page:
        for view in VIEWS:
            await _show(page, day.url, view)
            yield _image(await page.screenshot())


@asynccontextmanager
async def _tab(
    browser: Browser, day: Day, size: ViewportSize, scheme: Scheme
) -> AsyncIterator[Page]:
    """Open a tab that is logged in."""
    context = await browser.new_context(viewport=size, color_scheme=scheme)
    try:
        page = await context.new_page()
        await page.goto(f"{day.url}/login")
        await page.fill("#key", day.key)
        await page.click("button.main")
        await page.wait_for_url(f"{day.url}/")
        yield page
    finally:
        await context.close()


async def _show(page: Page, url: str, view: str, query: str = "") -> None:
    await page.goto(f"{url}/{'' if view == 'overview' else view}{query}")
    await page.wait_for_selector(f".view.{view} h1", timeout=PATIENCE)
    await page.wait_for_function("document.querySelector('#live .word').textContent === 'Live'")
    await page.evaluate("document.fonts.ready")


def _beside(pictures: Sequence[Image.Image], across: int, *, scale: float) -> Image.Image:
    """Return the pictures in rows of so many, each made smaller."""
    small = [
        each.resize((int(each.width * scale), int(each.height * scale)), Image.Resampling.LANCZOS)
        for each in pictures
    ]
    width, height = small[0].size
    rows = -(-len(small) // across)
    sheet = Image.new("RGB", (across * (width + GAP) + GAP, rows * (height + GAP) + GAP), "#8791a1")
    for number, each in enumerate(small):
        column, row = number % across, number // across
        sheet.paste(each, (GAP + column * (width + GAP), GAP + row * (height + GAP)))
    return sheet


def _image(shot: bytes) -> Image.Image:
    return Image.open(BytesIO(shot)).convert("RGB")


def _save(image: Image.Image, name: str) -> None:
    small = image.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    small.save(IMAGES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    asyncio.run(main())
