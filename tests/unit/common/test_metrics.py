from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from novalgo_common.metrics import OutboxWatch, watch_process
from novalgo_common.ops import Readiness
from novalgo_common.store import Database
from novalgo_sheets.settings import Settings
from novalgo_sheets.store import Store
from tests.builders import NOON, SECOND, an_alarm

pytestmark = pytest.mark.anyio


def test_each_check_that_fails_is_told_by_its_name() -> None:
    registry = CollectorRegistry()
    readiness = Readiness(store=lambda: None, bus=lambda: "The connection to RabbitMQ is down.")
    watch_process(registry, readiness.checked)

    assert registry.get_sample_value("novalgo_ready") == 0
    assert registry.get_sample_value("novalgo_check_failed", {"check": "bus"}) == 1
    assert registry.get_sample_value("novalgo_check_failed", {"check": "store"}) == 0


def test_a_service_with_nothing_to_say_is_ready() -> None:
    registry, readiness = CollectorRegistry(), Readiness(store=lambda: None)
    watch_process(registry, readiness.checked)

    assert registry.get_sample_value("novalgo_ready") == 1


async def test_what_waits_in_the_outbox_is_counted_and_dated(tmp_path: Path) -> None:
    registry = CollectorRegistry()
    settings = Settings.model_validate({"data_dir": tmp_path})
    async with Database.open(settings, "sheets") as database:
        await Store(database, lambda: NOON).raise_alarm(an_alarm())

        await OutboxWatch(
            Store(database, lambda: NOON).outbox, registry, lambda: NOON + 40 * SECOND
        ).look()

    assert registry.get_sample_value("novalgo_outbox_depth") == 1
    assert registry.get_sample_value("novalgo_outbox_oldest_seconds") == 40
