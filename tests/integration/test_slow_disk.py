"""A disk that takes its time: an answer comes while TradingView waits, and nothing counts twice."""

from pathlib import Path

import httpx2
import pytest

from tests.ingest_process import IngestProcess, ingest_process
from tests.ingest_service import API_KEY, an_alert_body
from tests.slow_disk import SlowSyncs

pytestmark = pytest.mark.anyio

TRADINGVIEW_WAITS = 3.0


async def post(ingest: IngestProcess, number: int) -> httpx2.Response:
    """Send an alert; fail where the answer comes after TradingView has hung up."""
    body = an_alert_body(id=number)
    return await ingest.http.post("/webhook", json=body, timeout=TRADINGVIEW_WAITS)


async def test_a_slow_disk_is_waited_for_or_answered_with_503_and_nothing_counts_twice(
    tmp_path: Path, fresh_amqp_url: str
) -> None:
    slow_syncs = SlowSyncs.built_in(tmp_path)
    if slow_syncs is None:
        pytest.skip("there is no C compiler")
    settings = {**slow_syncs.environ, "NOVALGO_API_KEYS": API_KEY}
    async with ingest_process(tmp_path, fresh_amqp_url, settings) as ingest:
        with slow_syncs.taking(0.3):
            waited_for = await post(ingest, 1)
        with slow_syncs.taking(4.0):
            given_up = await post(ingest, 2)
        resent = await post(ingest, 2)
        while resent.status_code == 503:  # the slow sync is not over yet
            resent = await post(ingest, 2)
        found = await ingest.http.get("/signals", headers={"X-API-Key": API_KEY})

    assert waited_for.json()["status"] == "success"
    assert given_up.status_code == 503
    assert resent.json()["status"] == "duplicate"
    assert len(found.json()["signals"]) == 2
