"""A backup of any store, put into any store."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from novalgo_common.errors import SettingsError
from novalgo_common.events import Event
from novalgo_common.settings import Settings
from novalgo_common.store import Database
from novalgo_common.store.archive import load, save
from novalgo_common.store.engines import open_engine
from novalgo_executor.store import Store
from tests.builders import NOON, SECOND, a_config_changed, a_signal

pytestmark = pytest.mark.anyio

KINDS = ("sqlite", "postgresql")


def settings_of(kind: str, data_dir: Path, request: pytest.FixtureRequest) -> Settings:
    if kind == "sqlite":
        return Settings(data_dir=data_dir)
    url = request.getfixturevalue("database_url")
    return Settings.model_validate({"data_dir": data_dir, "database_url": url})


async def filled(settings: Settings) -> list[Event]:
    """Store two signals and a config; return what the outbox holds, all published."""
    async with Database.open(settings, "executor") as database:
        store = Store(database, lambda: NOON)
        await store.keep_config(a_config_changed())
        for number in (1, 2):
            await store.add_signal(a_signal(sequence=number))
        await store.announce(a_signal())
        waiting = await store.outbox.waiting(10)
        await store.outbox.confirm([each.position for each in waiting])
        return [each.event for each in waiting]


def rows(settings: Settings) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of executor's store but the outbox's."""
    with open_engine(settings, "executor") as engine, engine.connect() as connection:
        metadata = sa.MetaData()
        metadata.reflect(connection)
        return {
            table.name: sorted(
                (tuple(row) for row in connection.execute(sa.select(table))), key=repr
            )
            for table in metadata.sorted_tables
            if table.name != "outbox"
        }


@pytest.mark.parametrize("source", KINDS)
@pytest.mark.parametrize("target", KINDS)
async def test_every_row_is_there_again(
    source: str, target: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if source == target == "postgresql":
        pytest.skip("one database a test: each way between the kinds is shown")
    before = settings_of(source, tmp_path / "before", request)
    after = settings_of(target, tmp_path / "after", request)
    await filled(before)
    save(before, "executor", tmp_path / "executor.sqlite")

    load(after, "executor", tmp_path / "executor.sqlite", republish_since=NOON)

    assert rows(after) == rows(before)
    assert len(rows(after)["signals"]) == 2


@pytest.mark.parametrize("target", KINDS)
async def test_the_store_goes_on_with_new_numbers(
    target: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    before = settings_of("sqlite", tmp_path / "before", request)
    after = settings_of(target, tmp_path / "after", request)
    await filled(before)
    save(before, "executor", tmp_path / "executor.sqlite")
    load(after, "executor", tmp_path / "executor.sqlite", republish_since=NOON + SECOND)

    async with Database.open(after, "executor") as database:
        store = Store(database, lambda: NOON)
        added = a_signal()
        await store.announce(added)

        assert [each.event for each in await store.outbox.waiting(10)] == [added]


async def test_what_was_published_lately_is_published_again(tmp_path: Path) -> None:
    before, after = Settings(data_dir=tmp_path / "before"), Settings(data_dir=tmp_path / "after")
    published = await filled(before)
    save(before, "executor", tmp_path / "executor.sqlite")

    since = NOON - timedelta(hours=1)
    load(after, "executor", tmp_path / "executor.sqlite", republish_since=since)

    async with Database.open(after, "executor") as database:
        waiting = await Store(database, lambda: NOON).outbox.waiting(10)
    assert [each.event for each in waiting] == published


@pytest.mark.parametrize("target", KINDS)
async def test_a_store_that_is_there_is_never_overwritten(
    target: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    before = settings_of("sqlite", tmp_path / "before", request)
    after = settings_of(target, tmp_path / "after", request)
    await filled(before)
    await filled(after)
    save(before, "executor", tmp_path / "executor.sqlite")
    there = rows(after)

    with pytest.raises(SettingsError, match="already"):
        load(after, "executor", tmp_path / "executor.sqlite", republish_since=NOON)

    assert rows(after) == there


def test_no_store_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no executor\.sqlite"):
        save(Settings(data_dir=tmp_path), "executor", tmp_path / "copy.sqlite")
