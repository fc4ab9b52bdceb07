"""The webhook as TradingView and curl meet it: over a socket, every answer that is promised."""

import json
import os
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from novalgo_common.events import Action, ConfigRow, Leg
from novalgo_common.lockout import ALLOWED_FAILURES
from novalgo_common.order_ids import client_order_id
from novalgo_ingest.body import LARGEST
from tests.builders import NOON, SECOND, a_config_changed, a_config_row
from tests.ingest_service import SECRET, Ingest, an_alert_body, running_ingest
from tests.waiting import until

pytestmark = pytest.mark.anyio

PAYLOADS = Path(__file__).parents[3] / "shared" / "data" / "tradingview_payloads.jsonl"


@pytest.fixture
async def ingest(tmp_path: Path) -> AsyncIterator[Ingest]:
    async with running_ingest(tmp_path) as running:
        yield running


async def _configure(ingest: Ingest, *rows: ConfigRow) -> None:
    await ingest.bus.publish(a_config_changed(rows=rows))
    await ingest.configured(sum(row.active for row in rows))


async def test_an_accepted_alert_is_answered_with_what_will_be_ordered(ingest: Ingest) -> None:
    await _configure(ingest, a_config_row())

    response = await ingest.post()

    body = response.json()
    signal_id = UUID(body["signal_id"])
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert body == {
        "status": "success",
        "action": "BUY",
        "symbol": "AAPL",
        "timeframe": "15 Min",
        "amount": 5000,
        "order_id": client_order_id(signal_id, Leg.OPEN),
        "signal_id": str(signal_id),
    }


async def test_an_accepted_alert_is_published_with_all_that_it_said(ingest: Ingest) -> None:
    answer = await ingest.stored(
        action="sell",
        market_position="short",
        symbol="NASDAQ:AAPL",
        timeframe="15",
        time="2026-11-11T16:59:58Z",
        bar_time="2026-11-11T16:45:00Z",
        price="190.50",
        comment="breakout",
    )

    [signal] = await ingest.published(1)
    assert str(signal.event_id) == str(signal.correlation_id) == answer["signal_id"]
    assert (signal.action, signal.symbol, signal.timeframe) == (Action.SELL, "AAPL", "15 Min")
    assert signal.occurred_at == NOON
    assert signal.alert_at == NOON - 2 * SECOND
    assert signal.bar_at == NOON - timedelta(minutes=15)
    assert (str(signal.price), signal.comment) == ("190.50", "breakout")
    assert SECRET not in signal.model_dump_json()


async def test_signals_are_numbered_in_the_order_of_their_arrival(ingest: Ingest) -> None:
    for action in ("BUY", "SELL", "CLOSE"):
        await ingest.stored(action=action)

    signals = await ingest.published(3)

    assert [(signal.sequence, signal.action) for signal in signals] == [
        (1, Action.BUY),
        (2, Action.SELL),
        (3, Action.CLOSE),
    ]


async def test_a_close_names_the_closing_order(ingest: Ingest) -> None:
    await _configure(ingest, a_config_row())

    answer = await ingest.stored(action="CLOSE")

    assert answer["order_id"] == client_order_id(UUID(answer["signal_id"]), Leg.CLOSE)
    assert answer["amount"] == 5000


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        pytest.param(
            a_config_row(active=False), "The row of the Config tab is not active", id="inactive"
        ),
        pytest.param(
            a_config_row(symbol="MSFT"),
            "The Config tab has no valid row for this symbol and timeframe",
            id="missing",
        ),
    ],
)
async def test_an_entry_without_an_active_row_is_skipped_and_still_recorded(
    ingest: Ingest, row: ConfigRow, reason: str
) -> None:
    await _configure(ingest, row, a_config_row(symbol="TSLA"))

    answer = await ingest.stored()

    assert (answer["status"], answer["reason"]) == ("skipped", reason)
    assert answer["action"] == "BUY"
    assert str((await ingest.published(1))[0].event_id) == answer["signal_id"]


async def test_an_exit_without_an_active_row_is_accepted(ingest: Ingest) -> None:
    await _configure(ingest, a_config_row(active=False), a_config_row(symbol="MSFT"))

    answer = await ingest.stored(action="CLOSE")

    assert answer["status"] == "success"


async def test_without_any_config_yet_an_alert_is_accepted(ingest: Ingest) -> None:
    answer = await ingest.stored()

    assert (answer["status"], answer["amount"]) == ("success", None)


async def test_a_heartbeat_is_noted_and_is_no_signal(ingest: Ingest) -> None:
    answer = await ingest.stored(action="heartbeat")

    assert answer == {"status": "heartbeat", "symbol": "AAPL", "timeframe": "15 Min"}
    assert (await ingest.get("/signals"))["signals"] == []


async def test_a_resend_is_answered_with_the_first_ones_id(ingest: Ingest) -> None:
    first = await ingest.stored()

    for _ in range(3):
        ingest.clock.advance(5 * SECOND)
        again = await ingest.stored()
        assert again == {"status": "duplicate", "signal_id": first["signal_id"]}


async def test_the_same_alert_a_minute_later_is_another_signal(ingest: Ingest) -> None:
    first = await ingest.stored()
    ingest.clock.advance(61 * SECOND)

    second = await ingest.stored()

    assert second["status"] == "success"
    assert second["signal_id"] != first["signal_id"]


async def test_an_alert_with_its_time_is_a_resend_however_late(ingest: Ingest) -> None:
    first = await ingest.stored(time="2026-11-11T16:59:58Z")
    ingest.clock.advance(timedelta(days=2))

    again = await ingest.stored(time="2026-11-11T16:59:58Z")

    assert again == {"status": "duplicate", "signal_id": first["signal_id"]}


@pytest.mark.parametrize("content_type", ["text/plain; charset=utf-8", "application/json", ""])
async def test_the_content_type_does_not_matter(ingest: Ingest, content_type: str) -> None:
    body = json.dumps(an_alert_body()) + "\n"

    response = await ingest.client.post(
        "/webhook", content=body, headers={"Content-Type": content_type}
    )

    assert (response.status_code, response.json()["status"]) == (200, "success")


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        pytest.param(an_alert_body(timeframe=None), 400, "Missing timeframe", id="missing"),
        pytest.param(
            an_alert_body(timeframe="soon"), 400, "timeframe: not a chart interval", id="invalid"
        ),
        pytest.param(an_alert_body(secret="guess"), 401, "Wrong or missing secret", id="wrong"),
        pytest.param(an_alert_body(secret=None), 401, "Wrong or missing secret", id="no secret"),
        pytest.param(an_alert_body(secret=""), 401, "Wrong or missing secret", id="empty secret"),
        pytest.param(an_alert_body(secret=[SECRET]), 401, "Wrong or missing secret", id="a list"),
        pytest.param(
            an_alert_body(secret="\ud800"), 401, "Wrong or missing secret", id="half a character"
        ),
    ],
)
async def test_a_refusal_says_what_is_wrong(
    ingest: Ingest, body: dict[str, object], status: int, error: str
) -> None:
    response = await ingest.client.post("/webhook", content=json.dumps(body))

    assert (response.status_code, response.json()) == (status, {"error": error})


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"secret": "' + SECRET.encode() + b'", "price": NaN}', id="NaN"),
        pytest.param(b'{"secret": "' + SECRET.encode() + b'", "price": 1e999}', id="1e999"),
        pytest.param(b'{"secret": "' + SECRET.encode() + b'", "x": "\\ud800"}', id="surrogate"),
        pytest.param(b"\xff\xfe", id="no UTF-8"),
        pytest.param(b"[" * 50_000, id="nested"),
        pytest.param(b"9" * 5_000, id="digits"),
    ],
)
async def test_a_hostile_body_is_refused_without_being_quoted(ingest: Ingest, body: bytes) -> None:
    response = await ingest.client.post("/webhook", content=body)

    assert response.status_code == 400
    assert list(response.json()) == ["error"]
    assert SECRET not in response.text


async def test_the_owner_is_told_once_an_hour_what_is_wrong_with_an_alert(ingest: Ingest) -> None:
    await ingest.post(timeframe="soon", secret="guess")
    for _ in range(2):
        await ingest.post(timeframe="soon")
    ingest.clock.advance(timedelta(hours=1))
    await ingest.post(timeframe="soon")

    await until(lambda: len(ingest.alarms) >= 2)

    assert [(alarm.code, alarm.occurred_at) for alarm in ingest.alarms] == [
        ("alert_refused", NOON),
        ("alert_refused", NOON + timedelta(hours=1)),
    ]
    assert "(timeframe: not a chart interval)" in ingest.alarms[0].message


async def test_the_owner_is_told_once_a_row_that_its_alerts_carry_neither_id_nor_time(
    tmp_path: Path,
) -> None:
    async with running_ingest(tmp_path) as ingest:
        await ingest.stored(time="2026-11-11T16:59:59Z")
        await ingest.stored(symbol="MSFT", id="1")
        for action in ("BUY", "SELL", "CLOSE"):
            await ingest.stored(action=action, symbol="NVDA")
        await ingest.published(5)
    async with running_ingest(tmp_path) as restarted:
        await restarted.stored(action="BUY", symbol="NVDA", comment="another")
        await restarted.published(1)

    [alarm] = [*ingest.alarms, *restarted.alarms]
    assert (alarm.code, alarm.symbol) == ("alert_without_time", "NVDA")
    assert "NVDA 15 Min" in alarm.message


async def test_a_large_body_is_refused_whole_or_in_chunks(ingest: Ingest) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(LARGEST // 1024 + 1):
            yield b" " * 1024

    whole = await ingest.client.post("/webhook", content=b" " * (LARGEST + 1))
    chunked = await ingest.client.post("/webhook", content=chunks())

    assert whole.status_code == chunked.status_code == 413
    assert whole.json() == chunked.json() == {"error": "The body is larger than 64 kB"}


async def test_an_address_that_is_not_allowed_is_refused(tmp_path: Path) -> None:
    async with running_ingest(tmp_path, NOVALGO_ALLOWED_NETWORKS="52.89.214.238") as ingest:
        refused = await ingest.post()
        forged = await ingest.client.post(
            "/webhook", json=an_alert_body(), headers={"X-Forwarded-For": "52.89.214.238"}
        )

    assert refused.status_code == forged.status_code == 403
    assert refused.json() == {"error": "This address may not send alerts"}


async def test_a_trusted_proxy_tells_the_address(tmp_path: Path) -> None:
    async with running_ingest(
        tmp_path, NOVALGO_ALLOWED_NETWORKS="52.89.214.238", NOVALGO_TRUSTED_PROXIES="127.0.0.1"
    ) as ingest:
        response = await ingest.client.post(
            "/webhook",
            json=an_alert_body(),
            headers={"X-Forwarded-For": "203.0.113.7, 52.89.214.238"},
        )

    assert response.status_code == 200


async def test_guessing_is_slowed_down_and_the_owner_is_not(ingest: Ingest) -> None:
    for _ in range(ALLOWED_FAILURES):
        assert (await ingest.post(secret="guess")).status_code == 401

    guess, alert = await ingest.post(secret="guess"), await ingest.post()

    assert (guess.status_code, guess.headers["retry-after"]) == (429, "60")
    assert guess.json() == {"error": "Too many wrong secrets"}
    assert alert.status_code == 200


async def test_a_full_spool_is_answered_with_503(tmp_path: Path) -> None:
    async with running_ingest(tmp_path, NOVALGO_SPOOL_LIMIT="1") as ingest:
        await ingest.bus.close()
        await ingest.stored()

        response = await ingest.post(action="SELL")
        ready = await ingest.client.get("/ready")

    assert response.status_code == 503
    assert response.json() == {"error": "The alert could not be stored: send it again"}
    assert ready.status_code == 503


async def test_with_too_little_room_on_the_disk_alerts_are_answered_with_503(
    tmp_path: Path,
) -> None:
    async with running_ingest(tmp_path, NOVALGO_DISK_RESERVE="1000000000") as ingest:
        response = await ingest.post()
        ready = (await ingest.client.get("/ready")).json()
        metrics = (await ingest.client.get("/metrics")).text

    assert response.status_code == 503
    assert "make room" in ready["problems"]["spool"]
    assert "novalgo_ingest_disk_free_bytes" in metrics


async def test_how_much_waits_and_how_long_is_told(ingest: Ingest) -> None:
    await ingest.bus.close()
    await ingest.stored(id=1)
    ingest.clock.advance(timedelta(minutes=3))

    health = {"oldest_unpublished_seconds": 0}
    while health["oldest_unpublished_seconds"] < 180:
        health = (await ingest.client.get("/health")).json()

    assert health["unpublished"] == 1


async def test_while_the_bus_is_away_alerts_are_accepted(ingest: Ingest) -> None:
    await ingest.bus.close()

    answer = await ingest.stored()

    assert answer["status"] == "success"
    assert (await ingest.client.get("/ready")).status_code == 200
    assert (await ingest.client.get("/health")).json()["bus_problems"]


async def test_what_breaks_unforeseen_is_answered_with_503(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError("made up")

    monkeypatch.setattr("novalgo_ingest.gate.read_message", break_down)

    response = await ingest.post()

    assert response.status_code == 503


async def test_other_paths_and_methods_are_answered_in_json(ingest: Ingest) -> None:
    unknown = await ingest.client.get("/nothing")
    method = await ingest.client.get("/webhook")

    assert (unknown.status_code, unknown.json()) == (404, {"error": "Not Found"})
    assert (method.status_code, method.json()) == (405, {"error": "Method Not Allowed"})


async def test_webhooks_are_counted_by_their_answer(ingest: Ingest) -> None:
    await ingest.post()
    await ingest.post()
    await ingest.post(secret="guess")

    metrics = (await ingest.client.get("/metrics")).text

    assert 'novalgo_webhooks_total{answer="accepted"} 1.0' in metrics
    assert 'novalgo_webhooks_total{answer="duplicate"} 1.0' in metrics
    assert 'novalgo_webhooks_total{answer="unauthorized"} 1.0' in metrics
    assert "novalgo_webhook_seconds_count 3.0" in metrics


async def test_a_secret_is_made_where_none_is_set(tmp_path: Path) -> None:
    async with running_ingest(tmp_path, NOVALGO_WEBHOOK_SECRETS="") as ingest:
        secret = (tmp_path / "webhook_secret").read_text().strip()
        answer = await ingest.stored(secret=secret)

    assert answer["status"] == "success"


def _real_bodies() -> Iterator[dict[str, Any]]:
    with PAYLOADS.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


async def test_every_real_body_gets_a_promised_answer(ingest: Ingest) -> None:
    if not PAYLOADS.exists():
        assert os.environ.get("CI") != "true", "the collected bodies are missing"
        pytest.skip("the collected bodies are not here")
    statuses = []
    for payload in _real_bodies():
        raw = await _send_raw(ingest, payload["rendered"])
        assert raw.status_code in (400, 401), payload["source"]
        with_secret = await _send_raw(ingest, _with_secret(payload["rendered"]))
        assert with_secret.status_code in (200, 400), (payload["source"], with_secret.text)
        assert next(iter(with_secret.json())) in ("status", "error")
        statuses.append(with_secret.status_code)
        ingest.clock.advance(timedelta(minutes=2))

    assert len(statuses) == 131
    assert 200 in statuses


async def _send_raw(ingest: Ingest, body: str) -> httpx2.Response:
    return await ingest.client.post("/webhook", content=body.encode())


def _with_secret(body: str) -> str:
    """Put the secret and a timeframe, which most lack, at the front of a JSON object."""
    try:
        fields = json.loads(body)
    except ValueError:
        return body
    return json.dumps({"timeframe": "15"} | fields | {"secret": SECRET}) if fields else body


async def test_the_relay_publishes_what_waited_for_the_bus(tmp_path: Path) -> None:
    async with running_ingest(tmp_path) as ingest:
        await ingest.bus.close()
        answer = await ingest.stored()

    async with running_ingest(tmp_path) as ingest:
        await until(lambda: bool(ingest.signals))

        assert str(ingest.signals[0].event_id) == answer["signal_id"]
