"""A short attack on the public edge; `python -m tests.fuzz --minutes 10` is the long one."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzz.attack import Attack, failures, leaks
from tests.fuzz.bodies import BODIES, HEADERS, QUERIES
from tests.fuzzed_ingest import CANARY, fuzzed_ingest

short = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def attack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attack]:
    with (
        fuzzed_ingest(tmp_path_factory.mktemp("ingest")) as ingest,
        httpx2.Client(base_url=ingest.url, timeout=30) as client,
    ):
        yield Attack(ingest, client)
        assert ingest.is_alive()
        assert leaks(ingest) == []
        assert failures(ingest) == []


@short
@given(body=BODIES, headers=HEADERS)
def test_any_message_gets_a_promised_answer(
    attack: Attack, body: bytes, headers: dict[str, str]
) -> None:
    attack.message("/webhook", body, headers)


@short
@given(body=BODIES)
def test_any_message_can_be_previewed(attack: Attack, body: bytes) -> None:
    attack.message("/webhook/preview", body, {})


@short
@given(query=QUERIES)
def test_any_search_gets_a_promised_answer(attack: Attack, query: dict[str, str]) -> None:
    attack.search(query)


def test_the_search_for_leaks_finds_one(tmp_path: Path) -> None:
    with fuzzed_ingest(tmp_path) as ingest:
        (tmp_path / "leak").write_text(f"a line with {CANARY} in it")

        assert leaks(ingest) == ["leak"]
