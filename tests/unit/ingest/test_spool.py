"""How many alerts wait for the bus, counted while more of them come."""

from collections.abc import Callable
from typing import cast

import pytest

from novalgo_common.store import Backlog
from novalgo_ingest.metrics import Metrics
from novalgo_ingest.spool import Spool
from novalgo_ingest.store import Store
from tests.builders import NOON

pytestmark = pytest.mark.anyio


class SlowStore:
    """Counts what waits at once, and tells it later: meanwhile alerts come."""

    def __init__(self) -> None:
        self.waiting = 0
        self.meanwhile: Callable[[], None] = lambda: None

    async def backlog(self) -> Backlog:
        counted = Backlog(depth=self.waiting, oldest=NOON if self.waiting else None)
        self.meanwhile()
        return counted


class Ingest:
    def __init__(self, *, limit: int) -> None:
        self.store = SlowStore()
        self.spool = Spool(cast(Store, self.store), Metrics(), lambda: NOON, limit)

    def accept(self) -> None:
        self.store.waiting += 1
        self.spool.added()


async def test_an_alert_that_comes_while_the_others_are_counted_is_counted_too() -> None:
    ingest = Ingest(limit=3)
    ingest.accept()
    ingest.accept()
    ingest.store.meanwhile = ingest.accept

    await ingest.spool.look()

    assert ingest.spool.depth == 3
    assert ingest.spool.is_full
