"""How soon somebody sees something, and over how many bytes: the page in a real Chromium."""

import shutil
from collections.abc import Callable, Mapping

from playwright.sync_api import Browser, sync_playwright

from bench.figures import Comparison
from bench.novalgo import NovAlgo
from bench.stage import Contender, Stage, take_turns

SEEN = "ms to be seen"
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
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=path, args=_OPTIONS) as browser,
    ):

        def look(view: str) -> Callable[[], Mapping[str, float]]:
            return lambda: _look(browser, f"http://127.0.0.1:{server.ports[-1]}{view}")

        contenders = [Contender(name, look(view), [server]) for name, view in VIEWS.items()]
        series = take_turns(stage, title, contenders, 15)
    return [
        Comparison(
            title=title,
            about="A visitor with an empty cache: from the first request until the view is there.  "
            "The aims are 1.5 s and 500 kB.",
            series=series,
        )
    ]


def _look(browser: Browser, url: str) -> Mapping[str, float]:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(url)
        seen = page.wait_for_function(_SEEN, timeout=60_000).json_value()
        return {SEEN: seen, KILOBYTES: page.evaluate(_BYTES) / 1000}
