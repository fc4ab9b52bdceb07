"""What strangers can do to the public edge, over real sockets, and that alerts do not feel it."""

import asyncio
import gzip
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from novalgo_common import http_protocol, http_tls
from novalgo_common.errors import SettingsError
from novalgo_common.http_protocol import LARGEST_HEAD, STRANGERS_OF_ONE_ADDRESS
from novalgo_common.http_server import Tls, tls_context
from tests.certificates import Authority
from tests.ingest_service import API_KEY, Ingest, an_alert_body, running_ingest
from tests.waiting import until

pytestmark = pytest.mark.anyio

STRANGER = "127.0.0.2"


@asynccontextmanager
async def _connected(
    ingest: Ingest, address: str = "127.0.0.1"
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    port = ingest.client.base_url.port
    streams = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
    try:
        yield streams
    finally:
        streams[1].close()


async def _is_closed(reader: asyncio.StreamReader) -> bool:
    try:
        return await reader.read() == b""
    except ConnectionError:
        return True


async def test_slow_heads_of_a_stranger_cannot_keep_alerts_out(tmp_path: Path) -> None:
    async with (
        running_ingest(tmp_path, NOVALGO_ALLOWED_NETWORKS="127.0.0.1") as ingest,
        AsyncExitStack() as stack,
    ):
        streams = [
            await stack.enter_async_context(_connected(ingest, STRANGER))
            for _ in range(STRANGERS_OF_ONE_ADDRESS + 50)
        ]
        for _, writer in streams:
            writer.write(b"POST /webhook HTTP/1.1\r\nX-Slow: ")
        closed = [asyncio.ensure_future(_is_closed(reader)) for reader, _ in streams]
        await until(lambda: sum(task.done() for task in closed) >= 50)

        answers = await asyncio.gather(*(ingest.post(id=number) for number in range(100)))

        assert [answer.status_code for answer in answers] == [200] * 100
        assert sum(task.done() for task in closed) == 50
        for _, writer in streams:
            writer.close()
        assert all(await asyncio.gather(*closed))


async def test_a_request_that_does_not_arrive_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "ARRIVES_WITHIN", 0.05)
    async with (
        running_ingest(tmp_path) as ingest,
        _connected(ingest) as (silent, _),
        _connected(ingest) as (slow_head, head),
        _connected(ingest) as (slow_body, body),
    ):
        head.write(b"POST /webhook HT")
        body.write(b"POST /webhook HTTP/1.1\r\nContent-Length: 100\r\n\r\n{")

        assert await _is_closed(silent)
        assert await _is_closed(slow_head)
        assert not (await slow_body.read()).startswith(b"HTTP/1.1 2")
        assert (await ingest.post()).status_code == 200


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"X: " + b"x" * (LARGEST_HEAD + 1) + b"\r\n\r\n", id="one large header"),
        pytest.param(b"X: " + b"x" * (LARGEST_HEAD + 1), id="one that does not end"),
        pytest.param(b"X: x\r\n" * 100 + b"\r\n", id="many headers"),
    ],
)
async def test_a_head_without_measure_is_refused(tmp_path: Path, head: bytes) -> None:
    async with running_ingest(tmp_path) as ingest, _connected(ingest) as (reader, writer):
        writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\n" + head)

        assert not (await reader.read()).startswith(b"HTTP/1.1 2")
        assert (await ingest.post()).status_code == 200


async def test_a_connection_serves_one_request_after_the_other(tmp_path: Path) -> None:
    async with running_ingest(tmp_path) as ingest, _connected(ingest) as (reader, writer):
        head = b"GET /health HTTP/1.1\r\nHost: x\r\n" + b"X: " + b"x" * 10_000 + b"\r\n\r\n"
        for _ in range(3):
            writer.write(head)
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 200")
            length = int(answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            await reader.readexactly(length)


async def test_a_compressed_body_is_refused_unread(tmp_path: Path) -> None:
    async with running_ingest(tmp_path) as ingest:
        response = await ingest.client.post(
            "/webhook",
            content=gzip.compress(b" " * 10_000_000),
            headers={"Content-Encoding": "gzip"},
        )

    assert response.status_code == 415
    assert response.json() == {"error": "The body must not be compressed"}


async def test_a_flood_of_wrong_secrets_does_not_touch_alerts_from_elsewhere(
    tmp_path: Path,
) -> None:
    async with running_ingest(tmp_path) as ingest:
        stranger = httpx2.AsyncHTTPTransport(local_address=STRANGER)
        async with httpx2.AsyncClient(
            base_url=ingest.client.base_url, transport=stranger, timeout=30
        ) as flood:
            guesses = [
                flood.post("/webhook", json=an_alert_body(secret=f"guess {number}"))
                for number in range(200)
            ]
            alerts = [ingest.post(id=number) for number in range(50)]
            answers = await asyncio.gather(*guesses, *alerts)

    statuses = [answer.status_code for answer in answers]
    assert Counter(statuses[:200]) == {401: 10, 429: 190}
    assert statuses[200:] == [200] * 50


@pytest.mark.parametrize("path", ["/health", "/webhook", "/nothing", "/metrics"])
async def test_every_answer_says_that_it_is_no_page_and_not_to_be_kept(
    tmp_path: Path, path: str
) -> None:
    async with running_ingest(tmp_path) as ingest:
        headers = (await ingest.client.get(path)).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "server" not in headers


@pytest.mark.parametrize("path", ["/ready", "/metrics"])
async def test_from_a_public_address_monitoring_needs_a_key(tmp_path: Path, path: str) -> None:
    public = {"X-Forwarded-For": "52.89.214.238"}
    async with running_ingest(tmp_path, NOVALGO_TRUSTED_PROXIES="127.0.0.1") as ingest:
        get = ingest.client.get
        inside = (await get(path)).status_code
        outside = (await get(path, headers=public)).status_code
        with_key = (await get(path, headers=public | {"X-API-Key": API_KEY})).status_code
        health = (await get("/health", headers=public)).status_code

    assert (inside, outside, with_key, health) == (200, 401, 200, 200)


async def test_with_a_certificate_ingest_speaks_https_alone(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with running_ingest(
        tmp_path,
        tls=authority.client(),
        NOVALGO_TLS_CERTIFICATE=str(authority.sign("novalgo")),
    ) as ingest:
        answer = await ingest.post()
        with pytest.raises(httpx2.TransportError):
            async with httpx2.AsyncClient() as plain:
                await plain.get(f"http://127.0.0.1:{ingest.client.base_url.port}/health")

    assert answer.status_code == 200
    assert "max-age" in answer.headers["Strict-Transport-Security"]


async def test_handshakes_that_do_not_end_are_counted_and_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    async with (
        running_ingest(
            tmp_path,
            tls=authority.client(),
            NOVALGO_TLS_CERTIFICATE=str(authority.sign("novalgo")),
            NOVALGO_ALLOWED_NETWORKS="127.0.0.1",
        ) as ingest,
        AsyncExitStack() as stack,
    ):
        # Some say nothing at all, some begin as TLS does.
        streams = [
            await stack.enter_async_context(_connected(ingest, STRANGER))
            for _ in range(STRANGERS_OF_ONE_ADDRESS + 50)
        ]
        for _, writer in streams[::2]:
            writer.write(b"\x16\x03\x01\x02\x00")
        closed = [asyncio.ensure_future(_is_closed(reader)) for reader, _ in streams]
        await until(lambda: sum(task.done() for task in closed) >= 50)
        assert sum(task.done() for task in closed) == 50
        answers = await asyncio.gather(*(ingest.post(id=number) for number in range(20)))

        for _, writer in streams:
            writer.close()
        assert all(await asyncio.gather(*closed))

        monkeypatch.setattr(http_tls, "ARRIVES_WITHIN", 0.05)
        async with _connected(ingest, STRANGER) as (reader, writer):
            writer.write(b"\x16\x03\x01\x02\x00")
            assert await _is_closed(reader)
        again = await ingest.post(id="again")

    assert {answer.status_code for answer in answers} == {again.status_code} == {200}


@pytest.mark.parametrize(
    ("client", "status"),
    [
        pytest.param(None, 403, id="none"),
        pytest.param(("somebody", "TradingView, Inc."), 403, id="another's"),
        pytest.param(("TradingView Webhooks", "TradingView, Inc."), 200, id="TradingView's"),
    ],
)
async def test_an_alert_needs_tradingviews_client_certificate_where_they_are_checked(
    tmp_path: Path, client: tuple[str, str] | None, status: int
) -> None:
    authority = Authority(tmp_path)
    shown = authority.sign(*client) if client else None
    async with running_ingest(
        tmp_path,
        tls=authority.client(shown),
        NOVALGO_TLS_CERTIFICATE=str(authority.sign("novalgo")),
        NOVALGO_TLS_CLIENT_AUTHORITIES=str(authority.file),
        NOVALGO_TRUSTED_PROXIES="127.0.0.1",
    ) as ingest:
        answer = await ingest.client.post(
            "/webhook", json=an_alert_body(), headers={"X-Forwarded-For": "52.89.214.238"}
        )

    assert answer.status_code == status


def test_a_certificate_that_is_none_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("made up")

    with pytest.raises(SettingsError, match="NOVALGO_TLS_CERTIFICATE"):
        tls_context(Tls(tmp_path / "none.pem", None))


async def test_the_description_is_there_for_those_who_switch_it_on(tmp_path: Path) -> None:
    async with running_ingest(tmp_path) as ingest:
        off = [(await ingest.client.get(path)).status_code for path in ("/docs", "/openapi.json")]
    async with running_ingest(tmp_path, NOVALGO_DOCS_PAGE="true") as ingest:
        page = await ingest.client.get("/docs")
        described = (await ingest.client.get("/openapi.json")).json()

    assert off == [404, 404]
    assert "swagger-ui" in page.text
    assert "cdn.jsdelivr.net" in page.headers["Content-Security-Policy"]
    assert "/webhook" in described["paths"]
