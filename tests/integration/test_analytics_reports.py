"""Reports, exports, the journal and its rebuild, as they are asked for over HTTP."""

import asyncio
import csv
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from novalgo_analytics.bookkeeper import Bookkeeper
from novalgo_analytics.notifications.notice import Kind
from novalgo_analytics.notifications.rules import parse_rules
from novalgo_analytics.notifications.rules_file import shipped
from novalgo_analytics.reports.gatherer import Gatherer
from novalgo_analytics.reports.postman import Postman
from novalgo_analytics.settings import Settings
from novalgo_analytics.store import Store
from novalgo_common.bus import Responder
from novalgo_common.dead_letters import FileDeadLetters
from novalgo_common.events import Bar, BarsRequested, Event
from novalgo_common.exchange_days import sessions
from novalgo_common.local_bus import LocalBus
from novalgo_common.store import Database
from tests.builders import NOON, a_bars_report, a_fill
from tests.integration.test_analytics_service import Running, a_day, analytics
from tests.trading_history import History

pytestmark = pytest.mark.anyio

WEDNESDAY = date(2026, 11, 11)


@asynccontextmanager
async def two_months(tmp_path: Path, *, bars: bool = True) -> AsyncIterator[Running]:
    """Run analytics with what two months of trading left in the journal."""
    days = [each.day for each in sessions(WEDNESDAY - timedelta(days=60), WEDNESDAY)][:-1]
    history = History(trades_a_day=3)
    events, closes = list(history.events(days)), history.closes(days)
    async with Database.open(Settings(data_dir=tmp_path), "analytics") as database:
        store = Store(database, lambda: NOON)
        await asyncio.gather(*(store.record(event) for event in events))
    async with analytics(tmp_path) as running:
        if bars:
            await running.bus.respond(BarsRequested, _answering(closes))
        yield running


def _answering(closes: Sequence[Bar]) -> Responder:
    async def answer(event: Event) -> Event:
        assert isinstance(event, BarsRequested)
        if event.symbol == "SPY":
            return a_bars_report(bars=tuple(closes))
        bar = Bar(
            start=event.end,
            open=Decimal(1),
            high=Decimal(10_000),
            low=Decimal(1),
            close=Decimal(1),
        )
        return a_bars_report(symbol=event.symbol, timeframe=event.timeframe, bars=(bar,))

    return answer


async def test_a_report_is_a_page_with_its_charts_and_tables(tmp_path: Path) -> None:
    async with two_months(tmp_path) as running:
        answer = await running.get("/api/v1/report?days=60")
        summary = await running.summary()

    with ZipFile(BytesIO(answer.content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    page = files["report.html"].decode()
    assert files.keys() >= {"equity.png", "benchmark.png", "symbols.png", "trades.csv"}
    assert "Beside SPY, over the same days" in page
    assert "could not be had" not in page
    assert page.count("data:image/png;base64,") == 5
    for outside in ("http://", "https://", "<script", "<link"):
        assert outside not in page
    rows = list(csv.DictReader(StringIO(files["trades.csv"].decode())))
    assert sum(Decimal(row["realised"]) for row in rows) == Decimal(summary["realised"])
    assert any(row["mae"] for row in rows)


async def test_a_report_without_executor_says_what_it_lacks(tmp_path: Path) -> None:
    async with two_months(tmp_path, bars=False) as running:
        page = (await running.get("/api/v1/report.html?days=60")).text

    assert "the prices of SPY could not be had" in page
    assert "the bars of the chart are not known" in page


async def test_a_report_of_nothing_is_a_page_that_says_so(tmp_path: Path) -> None:
    async with analytics(tmp_path) as running:
        page = await running.get("/api/v1/report.html")

    assert page.status_code == 200
    assert "No charts yet" in page.text
    assert "not enough data" in page.text
    assert "Tuesday, Nov 10 2026" in page.text


async def test_a_table_is_exported_by_its_name(tmp_path: Path) -> None:
    async with analytics(tmp_path) as running:
        for event in a_day():
            await running.bus.publish(event)
        fills = await running.get("/api/v1/tables/fills.csv?days=2")
        unknown = await running.get("/api/v1/tables/secrets.csv")

    [bought, sold] = csv.DictReader(StringIO(fills.text))
    assert (bought["side"], bought["quantity"], bought["at"]) == (
        "buy",
        "20",
        "2026-11-11T17:00:00Z",
    )
    assert sold["price"] == "202.50"
    assert unknown.status_code == 404


async def test_the_journal_is_exported_as_it_was_written(tmp_path: Path) -> None:
    events = a_day()
    async with analytics(tmp_path) as running:
        for event in events:
            await running.bus.publish(event)
        every = (await running.get("/api/v1/journal")).text
        fills = (await running.get("/api/v1/journal?event_type=fill.recorded.v1")).text

    lines = [json.loads(line)["event"]["event_id"] for line in every.splitlines()]
    assert [line for line in lines if line in {str(e.event_id) for e in events}] == [
        str(event.event_id) for event in events
    ]
    assert len(fills.splitlines()) == 2


async def test_a_rebuild_is_followed_over_http(tmp_path: Path) -> None:
    key = {"X-API-Key": "made-up-key"}
    async with analytics(tmp_path, api_keys="made-up-key") as running:
        for event in [*a_day(), a_fill(symbol="MSFT")]:
            await running.bus.publish(event)
        refused = await running.post("/api/v1/rebuild")
        answer = await running.post("/api/v1/rebuild", **key)
        replaced = await running.post("/api/v1/rebuild?replace=true", **key)

    assert refused.status_code == 401

    for body in (answer.text, replaced.text):
        *told, last = [json.loads(line) for line in body.splitlines()]
        assert told[-1]["done"] == told[-1]["of"] >= 4
        assert last["compared"]["different"] == 0
        assert last["compared"]["ledgers"] == 2


@asynccontextmanager
async def a_postman(folder: Path, at: datetime) -> AsyncIterator[Postman]:
    bus = LocalBus(FileDeadLetters(folder / "dead_letters.jsonl"))
    rules = parse_rules(shipped(), "alerts.toml")
    async with Database.open(Settings(data_dir=folder), "analytics") as database:
        store = Store(database, lambda: at)
        gatherer = Gatherer(store, Bookkeeper(store), bus, lambda: at, "SPY")
        yield Postman(store, gatherer, rules, folder / "reports", lambda: at)
    await bus.close()


async def reports_told(postman: Postman) -> list[str]:
    return sorted(
        notice.title for notice in (await postman.store.waiting_notices(list(Kind))).notices
    )


async def test_a_day_and_a_week_are_reported_once_each_even_over_restarts(tmp_path: Path) -> None:
    friday_evening = datetime(2026, 11, 13, 22, tzinfo=UTC)
    thursday, friday = date(2026, 11, 12), date(2026, 11, 13)
    expected = ["Friday, Nov 13 2026", "Week to Nov 13 2026"]

    async with a_postman(tmp_path, friday_evening) as postman:
        for event in History(trades_a_day=2).events([thursday, friday]):
            await postman.store.record(event)
        await postman.send()
        await postman.send()
        assert await reports_told(postman) == expected
    async with a_postman(tmp_path, friday_evening) as postman:
        await postman.send()
        assert await reports_told(postman) == expected

    written = {path.name for path in (tmp_path / "reports" / "2026-11-13-daily").iterdir()}
    assert written >= {"report.html", "mail.html", "trades.csv", "symbols.png"}


async def test_a_report_is_kept_for_half_a_year_and_nothing_else_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    for name in ("2026-05-16-daily", "2026-05-17-weekly", "2020-01-01-notes", "mine"):
        (folder / name).mkdir(parents=True)
        (folder / name / "report.html").write_text("made up")

    async with a_postman(tmp_path, datetime(2026, 11, 13, 22, tzinfo=UTC)) as postman:
        for event in History(trades_a_day=1).events([date(2026, 11, 13)]):
            await postman.store.record(event)
        await postman.send()

    left = {path.name for path in folder.iterdir()}
    assert left == {
        *("2026-05-17-weekly", "2020-01-01-notes", "mine"),
        *("2026-11-13-daily", "2026-11-13-weekly"),
    }


async def test_before_the_account_was_stated_there_is_no_report(tmp_path: Path) -> None:
    async with a_postman(tmp_path, datetime(2026, 11, 13, 22, tzinfo=UTC)) as postman:
        await postman.send()

        assert await reports_told(postman) == []
        assert await postman.store.was_reported("2026-11-13-daily")
