"""The page as its owner sees it: a real Chromium before a real `novalgo up`."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import ExitStack
from csv import DictReader
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.async_api import Locator, Route, ViewportSize, expect

from novalgo_analytics.wording import MINUS
from novalgo_common.dead_letters import DeadLetter, FileDeadLetters
from novalgo_common.topology import ANALYTICS_JOURNAL
from novalgo_common.wire import encode
from novalgo_sheets.performance_tab import TOTAL
from tests.builders import NOON, an_alarm
from tests.http_server import serving
from tests.novalgo_process import KEYS, Up, novalgo, running_up
from tests.page.browser import Watched, chromium
from tests.waiting import until_told

pytestmark = pytest.mark.anyio

VIEWS = ("", "signals", "books", "performance", "trades", "execution", "control")
DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
PATIENCE = 20_000
"""Milliseconds that the page gets to show something."""


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Stage:
    up: Up
    tab: Watched
    sheets_say: ExitStack
    """Closing it ends what answers for the sheets service."""

    def url(self, path: str) -> str:
        return self.up.url("analytics", f"/{path}")

    async def show(self, view: str, query: str = "") -> None:
        await self.tab.page.goto(self.url(view + query))
        await self.tab.page.wait_for_selector(f".view.{view or 'overview'} h1", timeout=PATIENCE)

    @property
    def secret(self) -> str:
        return (self.up.data_dir / "webhook_secret").read_text(encoding="utf-8").strip()

    async def alert(self, action: str, symbol: str, timeframe: str = "15 Min") -> str:
        """Send an alert; return the signal's id."""
        fields = {"action": action, "symbol": symbol, "timeframe": timeframe}
        body = fields | {"secret": self.secret}
        answer = await self.up.http.post(self.up.url("ingest", "/webhook"), json=body)
        return str(answer.json()["signal_id"])

    async def api(self, path: str) -> str:
        """Return what the API answers to the holder of the key."""
        key = (self.up.data_dir / "api_key").read_text(encoding="utf-8").strip()
        url = self.url(f"api/v1/{path}")
        return (await self.up.http.get(url, headers={"X-API-Key": key})).text

    async def journal(self, kind: str | None = None) -> list[dict[str, Any]]:
        query = f"?event_type={kind}" if kind else ""
        lines = (await self.api(f"journal{query}")).splitlines()
        return [json.loads(line) for line in lines]

    async def journaled(self, kind: str) -> dict[str, Any]:
        """Wait for the one event of a kind to lie in the journal."""
        found: list[dict[str, Any]] = []

        async def is_there() -> bool:
            found[:] = await self.journal(kind)
            return bool(found)

        await until_told(is_there)
        [line] = found
        return dict(line["event"])


@pytest.fixture(scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """Give a system whose page asks even this machine for a login, and a tab that is logged in."""
    with ExitStack() as sheets_say:
        sheets = sheets_say.enter_context(serving(_ready))
        async with (
            running_up(
                tmp_path_factory.mktemp("page"),
                bind_host="0.0.0.0",
                reconcile_seconds="2",
                service_urls=f"sheets={sheets}",
            ) as up,
            chromium() as browser,
        ):
            tab = await Watched.open(browser, viewport=DESK)
            stage = Stage(up, tab, sheets_say)
            await _log_in(stage)
            yield stage


async def _log_in(stage: Stage) -> None:
    page = stage.tab.page
    await page.goto(stage.url("books"))
    await expect(page).to_have_url(stage.url("login?next=/books"))
    with stage.tab.excused():
        await page.fill("#key", "a wrong key")
        await page.click("button.main")
        await expect(page.locator("#problem")).to_contain_text("no API key")
    await page.fill("#key", (stage.up.data_dir / "api_key").read_text(encoding="utf-8").strip())
    await page.click("button.main")
    await expect(page).to_have_url(stage.url("books"))


def _ready(_port: int) -> FastAPI:
    app = FastAPI()

    @app.get("/ready")
    async def ready() -> dict[str, str]:
        return {"status": "ready"}

    return app


async def test_a_signal_appears_while_one_looks_and_its_receipt_shows_its_way(
    stage: Stage,
) -> None:
    page = stage.tab.page
    await stage.show("signals")
    await expect(page.locator("#live .word")).to_have_text("Live", timeout=PATIENCE)

    signal_id = await stage.alert("BUY", "AAPL")
    row = page.locator(f'tr[data-key="{signal_id}"]')
    await expect(row).to_contain_text("filled", timeout=PATIENCE)
    await row.click()
    way = page.locator("dialog .fall .name")
    await expect(way.last).to_have_text("shown", timeout=PATIENCE)
    steps = await way.all_inner_texts()

    for step in ("stored", "decided", "submitted", "filled", "ended", "shown"):
        assert step in steps
    text = page.locator("dialog pre")
    await expect(text).to_contain_text('"timeframe": "15 Min"', timeout=PATIENCE)
    await expect(text).not_to_contain_text(stage.secret)
    await page.get_by_role("button", name="Ask executor").click()
    await expect(page.locator("dialog")).to_contain_text("already long", timeout=PATIENCE)
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog")).to_have_count(0)
    assert stage.tab.problems == []


async def test_an_ending_that_comes_while_the_list_is_loading_shows(stage: Stage) -> None:
    """The answer that lists the signal as under way reaches the browser after its ending."""
    page = stage.tab.page
    await stage.show("control")
    cdp = await page.context.new_cdp_session(page)
    await cdp.send("Network.enable")
    heard = asyncio.Queue[str]()
    cdp.on("Network.eventSourceMessageReceived", lambda said: heard.put_nowait(said["data"]))
    signal_ids = []

    async def answer_late(route: Route) -> None:
        stale = await route.fetch()
        signal_ids.append(signal_id := await stage.alert("BUY", "GOOGL"))
        while signal_id not in (said := await heard.get()) or "signal.ended" not in said:
            pass
        await route.fulfill(response=stale)

    await page.route("**/api/v1/signals?*", answer_late, times=1)
    await stage.show("signals")

    row = page.locator(f'tr[data-key="{signal_ids[0]}"]')
    await expect(row).to_contain_text("declined", timeout=PATIENCE)
    assert stage.tab.problems == []


async def test_filters_choose_what_is_listed_and_stay_in_the_address(stage: Stage) -> None:
    page = stage.tab.page
    bought, again = await stage.alert("BUY", "MSFT"), await stage.alert("BUY", "MSFT", "1 Hour")
    await stage.show("signals")
    await expect(page.locator(f'tr[data-key="{again}"]')).to_have_count(1, timeout=PATIENCE)

    await page.select_option('select[name="symbol"]', "MSFT")
    await page.select_option('select[name="timeframe"]', "15 Min")
    await expect(page.locator("tbody tr")).to_have_count(1, timeout=PATIENCE)
    assert await page.locator("tbody tr").get_attribute("data-key") == bought

    await page.reload()
    await expect(page.locator("tbody tr")).to_have_count(1, timeout=PATIENCE)
    await page.get_by_role("button", name="Clear").click()
    await expect(page.locator(f'tr[data-key="{again}"]')).to_have_count(1, timeout=PATIENCE)
    assert stage.tab.problems == []


async def test_halt_and_resume_say_what_they_will_do_and_lie_in_the_journal(stage: Stage) -> None:
    page = stage.tab.page
    await stage.show("control")

    await page.select_option('select[name="symbol"]', "MSFT")
    await page.get_by_role("button", name="Halt…").click()
    await expect(page.locator("dialog")).to_contain_text("No new position is opened for MSFT")
    await page.get_by_role("button", name="Yes, halt MSFT").click()
    ordered = page.locator("section", has=page.locator("#t-an-order"))
    await expect(ordered.get_by_role("status")).to_contain_text("Done", timeout=PATIENCE)
    halt = await stage.journaled("halt.requested.v1")
    assert (halt["symbol"], halt["timeframe"]) == ("MSFT", None)
    assert "(key first)" in halt["reason"]

    await page.get_by_role("button", name="Resume").click()
    await page.get_by_role("button", name="Yes, resume MSFT").click()
    await expect(page.locator("main")).to_contain_text("Nothing is halted", timeout=PATIENCE)
    assert await stage.journaled("resume.requested.v1")
    assert await stage.journaled("trading.resumed.v1")
    assert stage.tab.problems == []


async def test_a_dead_letter_says_what_it_was_and_is_replayed_once_somebody_agrees(
    stage: Stage,
) -> None:
    page = stage.tab.page
    alarm = an_alarm(symbol="MSFT")
    letters = FileDeadLetters(stage.up.data_dir / "dead_letters.jsonl")
    await letters.add(DeadLetter(ANALYTICS_JOURNAL.name, encode(alarm), "the disk was full", NOON))
    await stage.show("")
    await expect(page.locator(".answer", has_text="Is it right?")).to_contain_text(
        "Dead letters: 1", timeout=PATIENCE
    )

    await stage.show("control")
    card = page.locator("section", has=page.locator("#t-dead-letters"))
    await expect(card).to_contain_text("the disk was full")
    await card.get_by_role("button", name="Replay").click()
    await expect(page.locator("dialog")).to_contain_text("It is journaled and counts")
    await page.get_by_role("button", name="Yes, replay it").click()
    await expect(card).to_contain_text("None: every message was handled", timeout=PATIENCE)

    assert str(alarm.event_id) in await stage.api("journal?event_type=alarm.raised.v1")
    request = await stage.journaled("replay.requested.v1")
    assert "(key first)" in request["reason"]
    assert letters.read() == []
    assert stage.tab.problems == []


async def test_a_test_of_the_notifications_says_where_it_goes_and_lies_in_the_journal(
    stage: Stage,
) -> None:
    page = stage.tab.page
    await stage.show("control")

    await page.get_by_role("button", name="Send a test…").click()
    await expect(page.locator("dialog li")).to_have_text(["log"])
    await page.get_by_role("button", name="Yes, send it").click()
    await expect(page.locator("main")).to_contain_text("Every channel took it", timeout=PATIENCE)

    assert await stage.journaled("trial.requested.v1")
    assert stage.tab.problems == []


async def test_the_page_the_sheet_the_report_novalgo_profit_and_the_broker_agree(
    stage: Stage,
) -> None:
    price = stage.up.url("simulator", "/sim/price")
    for action, dollars in (("SELL", "200"), ("BUY", "203"), ("CLOSE", "211"), ("BUY", "212")):
        await stage.up.http.post(price, json={"symbol": "AAPL", "price": dollars}, headers=KEYS)
        signal_id = await stage.alert(action, "AAPL")
        await stage.show("signals")
        row = stage.tab.page.locator(f'tr[data-key="{signal_id}"]')
        await expect(row).to_contain_text("filled", timeout=PATIENCE)
    market = stage.up.url("simulator", "/sim/market")
    await stage.up.http.post(market, json={"frozen": True}, headers=KEYS)
    truth = await stage.up.truth()
    asked = await stage.up.read("/performance")

    await stage.show("")
    for name, number in (("Equity", truth["equity"]), ("Unrealised", truth["unrealised"])):
        await expect(tile(stage, name)).to_have_text(read(number), timeout=PATIENCE)
    await expect(tile(stage, "Realised today")).to_have_text(read(truth["realised"]))
    await stage.show("performance", "?days=")
    await expect(tile(stage, "Realised")).to_have_text(read(truth["realised"]))
    profit = json.loads((await novalgo("profit", "--json", environ=stage.up.environ)).out)
    report = await stage.api("tables/trades.csv?days=1")
    tab = (stage.up.data_dir / "sheet" / "Performance.csv").read_text(encoding="utf-8")

    assert asked == {"status": "Performance updated"}
    realised = Decimal(truth["realised"])
    assert Decimal(profit["realised"]) == realised != 0
    assert Decimal(profit["unrealised"]) == Decimal(truth["unrealised"])
    assert Decimal(profit["account"]["equity"]) == Decimal(truth["equity"])
    assert sum(Decimal(line["realised"]) for line in DictReader(StringIO(report))) == realised
    rows = [line for line in DictReader(StringIO(tab)) if line["symbol"] != TOTAL]
    shown = {line["symbol"]: line["total_pnl"] for line in rows}
    for symbol, pnl in shown.items():
        assert pnl.replace("$", "") == str(cents(truth["symbols"][symbol]["realised"])), symbol
    assert stage.tab.problems == []


def tile(stage: Stage, name: str) -> Locator:
    """Return where the page shows a number, with what stands below it."""
    tiles = stage.tab.page.locator(
        ".tiles .card", has=stage.tab.page.locator(f'dt:text-is("{name}")')
    )
    return tiles.locator("dd > :not(.note), dd:not(:has(> :not(.note)))").first


def cents(amount: str) -> Decimal:
    return Decimal(amount).quantize(Decimal("0.01"), ROUND_HALF_UP)


def read(amount: str) -> re.Pattern[str]:
    """Return how the page reads an amount, with or without the sign of a gain."""
    number = cents(amount)
    return re.compile(rf"^[+]?{MINUS if number < 0 else ''}\${abs(number):,}")


async def test_a_killed_server_comes_back_to_a_page_without_a_gap_or_a_double(
    stage: Stage,
) -> None:
    page = stage.tab.page
    await stage.show("signals")
    await page.evaluate(
        """() => {
          window.heard = [];
          const source = new EventSource("/api/v1/live?after=0");
          source.onmessage = (message) => window.heard.push(Number(message.lastEventId));
        }"""
    )
    before = await stage.alert("CLOSE", "AAPL")
    await expect(page.locator(f'tr[data-key="{before}"]')).to_have_count(1, timeout=PATIENCE)

    with stage.tab.excused():
        await stage.up.kill()
        await expect(page.locator("#live .word")).to_have_text("Connecting again")
        await stage.up.start()
        await expect(page.locator("#live .word")).to_have_text("Live", timeout=PATIENCE)
    after = await stage.alert("BUY", "AAPL")
    for signal_id in (before, after):
        await expect(page.locator(f'tr[data-key="{signal_id}"]')).to_have_count(1, timeout=PATIENCE)

    last = (await stage.journal())[-1]["position"]
    await page.wait_for_function("last => window.heard.at(-1) >= last", arg=last, timeout=PATIENCE)
    heard = await page.evaluate("window.heard")
    journaled = [
        each["position"] for each in await stage.journal() if each["position"] <= heard[-1]
    ]
    assert heard == journaled
    assert stage.tab.problems == []


async def test_a_service_that_died_turns_red_and_says_what_to_do(stage: Stage) -> None:
    page = stage.tab.page
    await stage.show("")
    trading = page.locator(".answer", has_text="Is it trading?")
    await expect(trading).to_have_attribute("data-light", "green", timeout=PATIENCE)

    stage.sheets_say.close()

    await expect(trading).to_have_attribute("data-light", "red", timeout=PATIENCE)
    await expect(trading).to_contain_text("sheets does not answer")
    await expect(trading).to_contain_text("start it again")
    await expect(page.locator('[data-name="sheets"]')).to_have_attribute("data-light", "red")
    assert stage.tab.problems == []


@pytest.mark.parametrize("look", ["desk", "phone, dark"])
async def test_every_view_can_be_used_by_everybody(stage: Stage, look: str) -> None:
    page = stage.tab.page
    if look == "phone, dark":
        await page.set_viewport_size(PHONE)
        await page.emulate_media(color_scheme="dark")
    for view in VIEWS:
        await stage.show(view)
        assert await stage.tab.serious_findings() == [], view
        too_wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await page.evaluate(too_wide) <= 0, view
    assert stage.tab.problems == []
