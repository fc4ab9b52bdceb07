"""Several ingests on one PostgreSQL: an alert is one signal, whichever of them it reaches."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from tests.builders import SECOND
from tests.ingest_service import running_ingest
from tests.stores import STORE

pytestmark = pytest.mark.anyio


async def test_fifty_equal_alerts_over_two_replicas_are_one_signal(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(STORE, "database_url", database_url)
    async with (
        running_ingest(_made(tmp_path / "one")) as one,
        running_ingest(_made(tmp_path / "two")) as two,
    ):
        equal = [replica.stored() for replica in (one, two) for _ in range(25)]
        timed = [
            replica.stored(action="SELL", time="2026-11-11T16:59:58Z")
            for replica in (one, two)
            for _ in range(2)
        ]
        answers = await asyncio.gather(*equal, *timed)
        listed = [(await each.get("/signals"))["signals"] for each in (one, two)]
        for replica in (one, two):
            replica.clock.advance(61 * SECOND)
        next_bar = await two.stored()

    assert Counter(answer["status"] for answer in answers) == {"success": 2, "duplicate": 52}
    assert [each["action"] for each in listed[0]] == [each["action"] for each in listed[1]]
    assert sorted(each["action"] for each in listed[0]) == ["BUY", "SELL"]
    assert next_bar["status"] == "success"


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
