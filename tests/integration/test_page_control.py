"""What the page tells of dead letters, channels, mail and budgets, and what it lets people do."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse

from novalgo_common.dead_letters import DeadLetter
from novalgo_common.lockout import ALLOWED_FAILURES
from novalgo_common.topology import EXECUTOR_CONTROLS
from novalgo_common.wire import encode
from tests.builders import NOON, SYMBOL, a_signal
from tests.http_server import serving
from tests.page_service import CONTROL, READ, Page, a_page
from tests.waiting import until_told

pytestmark = pytest.mark.anyio


async def test_a_dead_letter_is_told_and_replayed_and_the_journal_says_by_whom(
    tmp_path: Path,
) -> None:
    signal = a_signal()
    async with a_page(tmp_path) as page:
        await page.letters.add(DeadLetter(EXECUTOR_CONTROLS.name, encode(signal), "a bug", NOON))
        listed = await page.get("/deadletters")
        [letter] = listed["dead_letters"]
        path = f"/api/v1/control/replay/{letter['letter_id']}"
        refused = await page.ask("POST", path, headers=READ)
        replayed = await page.ask("POST", path, headers=CONTROL)
        left = await page.get("/deadletters")
        again = await page.ask("POST", path, headers=CONTROL)
        [journaled] = await _journaled(page, "replay.requested.v1")

    assert (letter["message"], letter["symbol"], letter["error"]) == (signal.type, SYMBOL, "a bug")
    assert "carries out the order" in letter["consequence"]
    assert (refused.status_code, replayed.status_code, again.status_code) == (403, 200, 404)
    assert page.ordered == [signal]
    assert left == {"dead_letters": [], "total": 0}
    assert (journaled["letter"], journaled["queue"]) == (letter["letter_id"], letter["queue"])
    assert "setting 2" in journaled["reason"]


async def test_what_lay_in_no_queue_of_ours_is_shown_and_not_replayed(tmp_path: Path) -> None:
    async with a_page(tmp_path) as page:
        await page.letters.add(DeadLetter("long.gone", b"\xff{", "not an event", NOON))
        [letter] = (await page.get("/deadletters"))["dead_letters"]
        path = f"/api/v1/control/replay/{letter['letter_id']}"
        refused = await page.ask("POST", path, headers=CONTROL)
        kept = await page.get("/deadletters")

    assert letter["message"] is None
    assert refused.status_code == 409
    assert kept["total"] == 1


async def test_a_test_of_the_channels_is_journaled_with_the_name_of_its_key(
    tmp_path: Path,
) -> None:
    async with a_page(tmp_path) as page:
        refused = await page.ask("POST", "/api/v1/alerts/test", headers=READ)
        tried = await page.ask("POST", "/api/v1/alerts/test", headers=CONTROL)
        listed = await page.get("/alerts")
        [journaled] = await _journaled(page, "trial.requested.v1")

    assert refused.status_code == 403
    assert tried.json()["channels"] == [{"name": "log", "least": "info", "took": True}]
    assert listed["channels"] == [{"name": "log", "least": "info"}]
    assert "setting 2" in journaled["reason"]


async def test_who_guesses_keys_is_told_to_wait_and_the_owner_is_not(tmp_path: Path) -> None:
    async with a_page(tmp_path, bind_host="0.0.0.0") as page:
        guesses = [
            await page.ask("POST", "/api/v1/session", json={"key": f"guess {number}"})
            for number in range(ALLOWED_FAILURES + 1)
        ]
        by_header = await page.ask("GET", "/api/v1/books", headers={"X-API-Key": "a guess"})
        owner = await page.ask("POST", "/api/v1/session", json={"key": "made-up-controller"})

    assert [each.status_code for each in guesses] == [401] * ALLOWED_FAILURES + [429]
    assert int(guesses[-1].headers["Retry-After"]) <= 60
    assert (by_header.status_code, owner.status_code) == (429, 200)


async def test_the_receipt_shows_the_alert_as_ingest_keeps_it(tmp_path: Path) -> None:
    signal = a_signal()
    kept = {"channel": "webhook", "address": "52.89.214.238", "secret": "first", "message": "{}"}
    asked: list[str | None] = []
    ingest = FastAPI()

    @ingest.get(f"/signals/{signal.event_id}")
    async def receipt(request: Request) -> dict[str, str]:
        asked.append(request.headers.get("X-API-Key"))
        return kept

    with serving(lambda _port: ingest) as url:
        async with a_page(tmp_path, service_urls=f"ingest={url}") as page:
            alert = await page.get(f"/signals/{signal.event_id}/alert")
            unknown = await page.ask("GET", f"/api/v1/signals/{a_signal().event_id}/alert")
    async with a_page(tmp_path / "alone", ingest_port=1) as page:
        away = await page.ask("GET", f"/api/v1/signals/{signal.event_id}/alert")

    assert alert == {
        "channel": "webhook",
        "address": kept["address"],
        "secret": "first",
        "text": "{}",
        "warning": None,
    }
    assert asked == ["made-up-reader"]
    assert (unknown.status_code, away.status_code) == (404, 503)


async def _links(page: Page) -> dict[str, dict[str, object]]:
    return {each["name"]: each for each in (await page.get("/overview"))["links"]}


async def test_the_overview_tells_the_mailbox_and_the_channels(tmp_path: Path) -> None:
    ingest = FastAPI()

    @ingest.get("/ready")
    async def ready() -> dict[str, str]:
        return {"status": "ready"}

    @ingest.get("/health")
    async def health() -> dict[str, object]:
        return {"has_mailbox": True, "mailbox_problems": ["the password is refused"]}

    with serving(lambda _port: ingest) as url:
        async with a_page(
            tmp_path, service_urls=f"ingest={url}", executor_port=1, sheets_port=1
        ) as page:

            async def is_told() -> bool:
                return (await _links(page))["Mailbox"]["says"] == "the password is refused"

            await until_told(is_told)
            links = await _links(page)

    assert links["Mailbox"]["light"] == "red"
    assert links["Notifications"]["light"] == "grey"


async def test_execution_tells_what_is_left_of_alpaca_s_and_google_s_requests(
    tmp_path: Path,
) -> None:
    executor, sheets = FastAPI(), FastAPI()

    @executor.get("/metrics")
    async def of_executor() -> PlainTextResponse:
        return PlainTextResponse('novalgo_alpaca_requests_remaining{api="trading"} 150.0\n')

    @sheets.get("/metrics")
    async def of_sheets() -> PlainTextResponse:
        return PlainTextResponse('novalgo_sheets_quota_left{kind="read"} 31.0\n')

    with serving(lambda _port: executor) as at_executor, serving(lambda _port: sheets) as at_sheets:
        urls = f"executor={at_executor},sheets={at_sheets}"
        async with a_page(tmp_path, service_urls=urls) as page:
            budgets = (await page.get("/execution"))["budgets"]

    assert budgets == [
        {"name": "Alpaca, trading", "left": 150, "of": 200},
        {"name": "Google, read", "left": 31, "of": 60},
    ]


async def _journaled(page: Page, kind: str) -> list[dict[str, Any]]:
    """Return the journal's events of a kind, once there are any."""
    path, query = "/api/v1/journal", {"event_type": kind}
    found: list[dict[str, Any]] = []

    async def has_any() -> bool:
        answer = await page.ask("GET", path, params=query)
        found.extend(json.loads(line)["event"] for line in answer.text.splitlines())
        return bool(found)

    await until_told(has_any)
    return found
