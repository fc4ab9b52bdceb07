"""The API behind the page: what it answers, to whom, and what it orders."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from novalgo_common.events import (
    Action,
    BarsRequested,
    Ending,
    Event,
    FlattenRequested,
    HaltRequested,
    PreviewRequested,
    Reason,
    ResumeRequested,
    Side,
)
from tests.builders import (
    NOON,
    SYMBOL,
    a_bar,
    a_bars_report,
    a_config_changed,
    a_fill,
    a_halt,
    a_position,
    a_preview,
    a_signal,
    a_signal_decided,
    a_signal_ended,
    a_status_written,
    an_account_snapshot,
    an_order_ended,
    an_order_submitted,
)
from tests.page_service import CONTROL, LOCAL, READ, a_page, until_asked
from tests.waiting import until, until_told

pytestmark = pytest.mark.anyio

MINUTE = timedelta(minutes=1)


def a_whole_way() -> list[Event]:
    """Return all that is journaled of a BUY that fills in two parts."""
    signal = a_signal(occurred_at=NOON + timedelta(seconds=1))
    of_signal = {"correlation_id": signal.event_id}
    return [
        signal,
        a_signal_decided(**of_signal, occurred_at=NOON + timedelta(seconds=2)),
        an_order_submitted(**of_signal, occurred_at=NOON + timedelta(seconds=3)),
        a_fill(**of_signal, quantity=Decimal(10), filled_at=NOON + timedelta(seconds=4)),
        a_fill(**of_signal, quantity=Decimal(15), filled_at=NOON + timedelta(seconds=5)),
        an_order_ended(**of_signal, occurred_at=NOON + timedelta(seconds=6)),
        a_signal_ended(**of_signal, occurred_at=NOON + timedelta(seconds=7)),
        a_status_written(**of_signal, occurred_at=NOON + timedelta(seconds=8)),
    ]


async def test_a_receipt_shows_the_way_of_a_signal_in_the_order_of_its_times(
    tmp_path: Path,
) -> None:
    way = a_whole_way()

    async with a_page(tmp_path) as page:
        await page.publish(*reversed(way))
        receipt = await page.get(f"/signals/{way[0].event_id}")

    names = [
        "alert",
        "received",
        "stored",
        "decided",
        "submitted",
        "filled",
        "filled",
        "ended",
        "shown",
    ]
    assert [step["name"] for step in receipt["steps"]] == names
    assert receipt["ending"] == "filled"
    assert receipt["decided"]["position_size"] == "5000"
    [order] = receipt["orders"]
    assert sorted(fill["quantity"] for fill in order["fills"]) == ["10", "15"]
    assert order["status"] == "filled"


async def test_a_signal_that_nobody_knows_is_not_found(tmp_path: Path) -> None:
    async with a_page(tmp_path) as page:
        unknown = await page.ask("GET", f"/api/v1/signals/{a_signal().event_id}")
        malformed = await page.ask("GET", "/api/v1/signals/nonsense")

    assert (unknown.status_code, malformed.status_code) == (404, 422)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param({}, 3, id="no filter"),
        pytest.param({"symbol": "msft"}, 1, id="symbol, however it is written"),
        pytest.param({"timeframe": "30 Min"}, 1, id="timeframe"),
        pytest.param({"ending": "declined"}, 1, id="ending"),
        pytest.param({"ending": "none"}, 2, id="still under way"),
        pytest.param({"reason": "too_small"}, 1, id="reason"),
        pytest.param({"action": "SELL"}, 1, id="action"),
        pytest.param({"day": "2026-11-11"}, 2, id="a Pacific day"),
        pytest.param({"symbol": "MSFT", "day": "2026-11-12"}, 1, id="two at once"),
        pytest.param({"symbol": "' OR 1=1 --"}, 0, id="nonsense"),
    ],
)
async def test_signals_are_filtered(tmp_path: Path, query: dict[str, str], found: int) -> None:
    small = a_signal()
    async with a_page(tmp_path) as page:
        await page.publish(
            small,
            a_signal_ended(
                correlation_id=small.event_id, ending=Ending.DECLINED, reason=Reason.TOO_SMALL
            ),
            a_signal(timeframe="30 Min", action=Action.SELL),
            a_signal(symbol="MSFT", occurred_at=NOON + timedelta(days=1)),
        )
        listed = await page.get("/signals", **query)
        as_csv = await page.ask("GET", "/api/v1/signals.csv", params=query)

    assert len(listed["signals"]) == found
    assert len(as_csv.text.splitlines()) == found + 1


async def test_pages_of_the_list_hold_every_signal_once_even_of_one_instant(
    tmp_path: Path,
) -> None:
    signals = [a_signal(occurred_at=NOON + (number // 4) * MINUTE) for number in range(11)]
    seen: list[str] = []

    async with a_page(tmp_path) as page:
        await page.publish(*signals)
        before = None
        while True:
            query = {"limit": 3} | ({"before": before} if before else {})
            listed = await page.get("/signals", **query)
            seen += [each["signal_id"] for each in listed["signals"]]
            if (before := listed["before"]) is None:
                break

    assert sorted(seen) == sorted(str(each.event_id) for each in signals)


@pytest.mark.parametrize("before", ["x", "2026-11-11_x", "2026-11-11T00:00:00_" + "0" * 32])
async def test_a_made_up_place_in_a_list_is_refused(tmp_path: Path, before: str) -> None:
    async with a_page(tmp_path) as page:
        for path in ("signals", "trades"):
            answer = await page.ask("GET", f"/api/v1/{path}", params={"before": before})
            assert answer.status_code == 400 or path == "trades"


async def test_no_answer_of_the_api_is_kept_by_a_cache(tmp_path: Path) -> None:
    async with a_page(tmp_path) as page:
        paths = ("/session", "/overview", "/signals", "/signals.csv", "/journal", "/nowhere")
        answers = [await page.ask("GET", f"/api/v1{path}") for path in paths]
        static = await page.ask("GET", "/static/page.js")

    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}
    assert static.headers["Cache-Control"] == "no-cache"


async def test_a_file_for_a_spreadsheet_holds_no_formula(tmp_path: Path) -> None:
    signal = a_signal()
    ended = a_signal_ended(
        correlation_id=signal.event_id, ending=Ending.FAILED, detail='=HYPERLINK("http://evil")'
    )
    async with a_page(tmp_path) as page:
        await page.publish(signal, ended)
        answer = await page.ask("GET", "/api/v1/signals.csv")

    assert "'=HYPERLINK" in answer.text


async def test_books_are_the_rows_of_the_sheet_with_what_they_hold(tmp_path: Path) -> None:
    way = a_whole_way()

    async with a_page(tmp_path) as page:
        await page.publish(a_config_changed(), *way)
        [book, *_] = (await page.get("/books"))["books"]

    assert (book["symbol"], book["timeframe"], book["quantity"]) == (SYMBOL, "15 Min", "25")
    assert book["row"]["active"] is True
    assert book["shown"]["status"]
    assert book["last_signal"]["signal_id"] == str(way[0].event_id)


async def test_trades_are_what_closing_orders_earned(tmp_path: Path) -> None:
    opened = a_fill(quantity=Decimal(20), price=Decimal(200), filled_at=NOON)
    sold = [
        a_fill(
            side=Side.SELL,
            quantity=Decimal(10),
            price=price,
            filled_at=NOON + minutes * MINUTE,
            client_order_id=f"close-{minutes}",
        )
        for minutes, price in ((5, Decimal(201)), (6, Decimal(198)))
    ]

    async with a_page(tmp_path) as page:
        await page.publish(opened, sold[0])
        first = await page.get("/trades")
        await page.publish(sold[1])
        both = await page.get("/trades")
        page_of_one = await page.get("/trades", limit=1)
        rest = await page.get("/trades", limit=1, before=page_of_one["before"])
        lost = await page.get("/trades", outcome="lost")

    assert [trade["realised"] for trade in first["trades"]] == ["10"]
    assert [trade["realised"] for trade in both["trades"]] == ["-20", "10"]
    assert [trade["order"] for trade in rest["trades"]] == ["close-5"]
    assert rest["before"] is None
    assert (lost["total"], lost["realised"]) == (1, "-20")


async def test_the_overview_says_what_is_wrong_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "dead_letters.jsonl").write_text("{}\n{}\n")
    async with a_page(tmp_path, ingest_port=1, executor_port=1, sheets_port=1) as page:
        await page.publish(
            an_account_snapshot(
                occurred_at=NOON + 59 * MINUTE,
                positions=(a_position(quantity=Decimal(25)),),
                moved=Decimal(500),
            ),
            a_halt(symbol=None, timeframe=None),
        )
        await until_asked(page)
        overview = await page.get("/overview")

    trading, right, _ = overview["answers"]
    assert (trading["light"], right["light"]) == ("red", "red")
    assert Decimal(overview["change_today"]) == Decimal("-475")  # a deposit is no gain
    told = [finding["what"] for finding in (*trading["findings"], *right["findings"])]
    for part in ("executor does not answer", "halted for everything", "fills add up", "letters: 2"):
        assert any(part in what for what in told), part
    assert all(finding["todo"] for finding in trading["findings"])


async def test_performance_waits_for_no_benchmark_and_shows_it_once_it_is_there(
    tmp_path: Path,
) -> None:
    days = (NOON - timedelta(days=2), NOON - timedelta(days=1), NOON)
    closes = tuple(a_bar(start=day, close=Decimal(600 + number)) for number, day in enumerate(days))
    release = asyncio.Event()

    async def answer(event: Event) -> Event:
        await release.wait()
        return a_bars_report(symbol="SPY", timeframe="1 Day", bars=closes)

    async with a_page(tmp_path) as page:
        await page.bus.respond(BarsRequested, answer)
        await page.publish(*(an_account_snapshot(occurred_at=day) for day in days))
        without = await page.get("/performance")
        release.set()

        async def has_benchmark() -> bool:
            return bool((await page.get("/performance"))["has_benchmark"])

        await until_told(has_benchmark)

    assert without["has_benchmark"] is False
    assert len(without["course"]) == len(days)


async def test_an_answer_that_many_get_is_the_same_packed_or_not(tmp_path: Path) -> None:
    async with a_page(tmp_path) as page:
        await page.publish(a_config_changed(), *a_whole_way())
        answers = {
            encoding: [
                await page.ask("GET", path, headers={"Accept-Encoding": encoding})
                for path in ("/api/v1/books", "/api/v1/performance")
            ]
            for encoding in ("identity", "gzip")
        }

    for plain, packed in zip(answers["identity"], answers["gzip"], strict=True):
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Content-Encoding" not in plain.headers
        assert packed.json() == plain.json()
        assert plain.headers["Cache-Control"] == packed.headers["Cache-Control"] == "no-store"


async def test_the_preview_asks_executor_and_does_nothing(tmp_path: Path) -> None:
    signal = a_signal()

    async def answer(event: Event) -> Event:
        assert isinstance(event, PreviewRequested)
        assert (event.action, event.symbol) == (signal.action, signal.symbol)
        return a_preview(correlation_id=event.correlation_id)

    async with a_page(tmp_path) as page:
        await page.publish(signal)
        absent = await page.ask("GET", f"/api/v1/signals/{signal.event_id}/preview")
        await page.bus.respond(PreviewRequested, answer)
        preview = await page.get(f"/signals/{signal.event_id}/preview")

    assert absent.status_code == 503
    assert preview["orders"][0]["quantity"] == "25"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("halt", HaltRequested), ("flatten", FlattenRequested), ("resume", ResumeRequested)],
)
async def test_an_order_reaches_executor_and_the_journal_with_the_name_of_its_key(
    tmp_path: Path, kind: str, expected: type[Event]
) -> None:
    async with a_page(tmp_path) as page:
        await page.publish(a_halt(symbol="AAPL", timeframe=None))
        answer = await page.ask(
            "POST", f"/api/v1/control/{kind}", json={"symbol": "aapl"}, headers=CONTROL
        )
        await until(lambda: bool(page.ordered))

    assert answer.status_code == 202
    [request] = page.ordered
    assert isinstance(request, expected)
    assert str(request.event_id) == answer.json()["request_id"]
    assert (request.symbol, request.timeframe) == ("AAPL", None)  # type: ignore[attr-defined]
    assert "setting 2" in getattr(request, "reason", "setting 2")


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        pytest.param({}, {}, 401, id="no key, not even on this machine"),
        pytest.param(READ, {}, 403, id="a key that may only read"),
        pytest.param(CONTROL | {"Origin": "http://evil.test"}, {}, 403, id="another site's page"),
        pytest.param(CONTROL | {"Origin": "null"}, {}, 403, id="a page of no site"),
        pytest.param(CONTROL, {"symbol": "no symbol"}, 400, id="no symbol"),
        pytest.param(CONTROL, {"timeframe": "15 Min"}, 400, id="a timeframe alone"),
        pytest.param(CONTROL | {"Origin": LOCAL}, {}, 202, id="the page itself"),
    ],
)
async def test_who_may_order_what(
    tmp_path: Path, headers: dict[str, str], body: dict[str, str], status: int
) -> None:
    async with a_page(tmp_path) as page:
        answer = await page.ask("POST", "/api/v1/control/halt", json=body, headers=headers)
        if status == 202:
            await until(lambda: bool(page.ordered))

    assert answer.status_code == status
    assert len(page.ordered) == (status == 202)


async def test_there_is_nothing_to_resume_where_nothing_is_halted(tmp_path: Path) -> None:
    async with a_page(tmp_path) as page:
        answer = await page.ask("POST", "/api/v1/control/resume", json={}, headers=CONTROL)

    assert answer.status_code == 404
    assert page.ordered == []


async def test_a_login_gives_a_cookie_that_opens_the_page_until_the_logout(
    tmp_path: Path,
) -> None:
    far = "https://novalgo.test"
    async with a_page(tmp_path) as page:
        wrong = await page.ask("POST", "/api/v1/session", json={"key": "wrong"}, base=far)
        right = await page.ask("POST", "/api/v1/session", json={"key": "made-up-reader"}, base=far)
        cookie = right.headers["Set-Cookie"]
        logged_in = {"Cookie": cookie.split(";")[0]}
        opened = await page.ask("GET", "/api/v1/overview", base=far, headers=logged_in)
        ordered = await page.ask(
            "POST", "/api/v1/control/halt", json={}, base=far, headers=logged_in
        )
        out = await page.ask("DELETE", "/api/v1/session", base=far, headers=logged_in)

    assert wrong.status_code == 401
    assert [part for part in ("HttpOnly", "Secure", "SameSite=strict") if part not in cookie] == []
    assert "made-up-reader" not in cookie
    assert (opened.status_code, ordered.status_code) == (200, 403)
    assert "Max-Age=0" in out.headers["Set-Cookie"]


async def test_nothing_but_the_login_is_open_to_strangers(tmp_path: Path) -> None:
    async with a_page(tmp_path, bind_host="0.0.0.0") as page:
        described = await page.ask("GET", "/api/v1/openapi.json", headers=READ)
        closed = [
            "/api/v1"
            + path.format(
                signal_id=a_signal().event_id, symbol="AAPL", order="x", kind="halt", letter_id="x"
            )
            for path in described.json()["paths"]
        ]
        answers = {path: await page.ask("GET", path) for path in closed}

    assert len(closed) > 12
    assert {path: answer.status_code for path, answer in answers.items()} == {
        path: 405 if "/control/" in path else 401 for path in closed
    }
