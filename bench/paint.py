"""How soon somebody sees something, and over how many bytes: the page in a real Chromium."""

import asyncio
import shutil
from collections.abc import Callable, Mapping

from playwright.async_api import async_playwright

from bench.figures import P50, Comparison, percentile
from bench.novalgo import NovAlgo
from bench.stage import Contender, Stage, take_turns

LOOKS = 2
KILOBYTES = "kB on the wire"
VIEWS: Mapping[str, str] = {
    "Overview": "/",
    "Performance, 90 days": "/performance",
    "Performance, five years": "/performance?days=",
    "Signals": "/signals",
    "Trades": "/trades",
}
_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
_SEEN = "() => document.querySelector('main .view h1') && performance.now()"
_BYTES = """() => performance.getEntriesByType('resource')
    .concat(performance.getEntriesByType('navigation'))
    .reduce((sum, entry) => sum + entry.transferSize, 0)"""


def first_looks(stage: Stage, running: NovAlgo) -> list[Comparison]:
    """Return nothing where there is no Chromium to look with."""
    path = shutil.which("chromium")
    if path is None:
        return []
    server = running.services[0]
    title = "The first look at five years"

    def look(view: str) -> Callable[[], Mapping[str, float]]:
        return lambda: asyncio.run(_look(path, f"http://127.0.0.1:{server.ports[-1]}{view}"))

    contenders = [Contender(name, look(view), [server]) for name, view in VIEWS.items()]
    return [
        Comparison(
            title=title,
            about="A new browser, without a cache: from its first request until the view is there. "
            "The aims are 1.5 s and 500 kB.",
            series=take_turns(stage, title, contenders, min(stage.rounds, 2), warm=True),
        )
    ]


async def _look(chromium: str, url: str) -> Mapping[str, float]:
    seconds, bytes_ = [], []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=_OPTIONS)
        for _ in range(LOOKS):
            context = await browser.new_context()
            page = await context.new_page()
            await page.goto(url)
            seen = await page.wait_for_function(_SEEN, timeout=60_000)
            seconds.append(await seen.json_value())
            bytes_.append(await page.evaluate(_BYTES))
            await context.close()
        await browser.close()
    return {P50: percentile(seconds, 50), KILOBYTES: percentile(bytes_, 50) / 1000}
