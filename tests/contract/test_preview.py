"""The preview as its users meet it: nothing is stored, and all is told."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from novalgo_common.events import Event, PreviewRequested
from novalgo_ingest.alert import NOT_UNIQUE
from tests.builders import SECOND, a_config_changed, a_config_row, a_preview
from tests.ingest_service import API_KEY, Ingest, an_alert_body, running_ingest

pytestmark = pytest.mark.anyio


@pytest.fixture
async def ingest(tmp_path: Path) -> AsyncIterator[Ingest]:
    async with running_ingest(tmp_path) as running:
        yield running


async def _preview(ingest: Ingest, body: object) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    response = await ingest.client.post(
        "/webhook/preview", content=text, headers={"X-API-Key": API_KEY}
    )
    assert response.status_code == 200, response.text
    return response.json()


async def test_a_preview_tells_what_an_alert_becomes_and_stores_nothing(ingest: Ingest) -> None:
    asked: list[Event] = []

    async def executor(event: Event) -> Event:
        asked.append(event)
        return a_preview()

    await ingest.bus.respond(PreviewRequested, executor)
    await ingest.bus.publish(a_config_changed(rows=(a_config_row(),)))
    await ingest.configured(1)

    found = await _preview(ingest, an_alert_body(price="190.50", symbol="NASDAQ:AAPL"))

    assert found == {
        "would": "accept",
        "secret": True,
        "alert": {
            "action": "BUY",
            "symbol": "AAPL",
            "timeframe": "15 Min",
            "time": None,
            "bar_time": None,
            "price": 190.5,
            "comment": None,
        },
        "skipped": None,
        "warning": NOT_UNIQUE,
        "executor": {
            "held": 0,
            "orders": [{"leg": "open", "side": "buy", "qty": 25, "dollars": None}],
            "ending": None,
            "reason": None,
            "detail": "",
        },
    }
    [question] = asked
    assert isinstance(question, PreviewRequested)
    assert question.price is not None
    assert (await ingest.get("/signals"))["signals"] == []


async def test_a_preview_tells_a_resend(ingest: Ingest) -> None:
    first = await ingest.stored()

    resend = await _preview(ingest, an_alert_body())
    ingest.clock.advance(61 * SECOND)
    later = await _preview(ingest, an_alert_body())

    assert resend["would"] == "drop as a duplicate"
    assert resend["signal_id"] == first["signal_id"]
    assert later["would"] == "accept"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        pytest.param("buy AAPL", "The body is not JSON", id="words"),
        pytest.param(an_alert_body(timeframe=None), "Missing timeframe", id="a field is missing"),
    ],
)
async def test_a_preview_tells_why_a_message_is_refused(
    ingest: Ingest, body: object, error: str
) -> None:
    found = await _preview(ingest, body)

    assert (found["would"], found["error"]) == ("refuse", error)


async def test_without_executor_the_rest_is_told(ingest: Ingest) -> None:
    found = await _preview(ingest, an_alert_body(secret="guess"))

    assert found["secret"] is False
    assert "error" in found["executor"]


async def test_a_preview_needs_a_key(ingest: Ingest) -> None:
    response = await ingest.client.post("/webhook/preview", json=an_alert_body())

    assert response.status_code == 401
