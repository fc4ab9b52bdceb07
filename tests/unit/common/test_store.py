import asyncio
import os
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from novalgo_common.clock import PACIFIC
from novalgo_common.errors import PublishError, SettingsError, UnavailableError
from novalgo_common.events import Event
from novalgo_common.relay import Relay
from novalgo_common.settings import Settings
from novalgo_common.store import Database, Exact, Instant, Outbox, insert
from novalgo_common.store.engines import open_engine
from tests.builders import NOON, a_signal
from tests.stores import stored_in
from tests.waiting import until

pytestmark = pytest.mark.anyio

METADATA = sa.MetaData()
OUTBOX = Outbox.define(METADATA)
THINGS = sa.Table(
    "things",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("price", Exact),
    sa.Column("seen_at", Instant),
)


@pytest.fixture
def settings(on_both: None, tmp_path: Path) -> Settings:
    return stored_in(tmp_path)


@asynccontextmanager
async def a_database(settings: Settings) -> AsyncIterator[Database]:
    with open_engine(settings, "test") as engine:
        with engine.connect().execution_options(novalgo_write=True) as connection:
            METADATA.create_all(connection)
            connection.commit()
        database = Database(engine)
        try:
            yield database
        finally:
            await database._finish()


def add(connection: Connection, name: str) -> str:
    connection.execute(THINGS.insert().values(name=name))
    return name


def names(connection: Connection) -> list[str]:
    return list(connection.execute(sa.select(THINGS.c.name)).scalars())


async def test_an_insert_tells_whether_the_row_was_there_already(settings: Settings) -> None:
    def add_once(connection: Connection) -> int:
        adding = insert(connection, THINGS).values(name="a").on_conflict_do_nothing()
        return connection.execute(adding).rowcount

    async with a_database(settings) as database:
        added = [await database.write(add_once) for _ in range(2)]

    assert added == [1, 0]


async def test_amounts_and_times_come_back_as_they_went(settings: Settings) -> None:
    pacific = datetime(2026, 11, 1, 1, 30, 0, 123456, tzinfo=UTC).astimezone()

    async with a_database(settings) as database:
        await database.write(
            lambda c: c.execute(
                THINGS.insert().values(name="a", price=Decimal("0.10"), seen_at=pacific)
            )
        )
        row = await database.read(lambda c: c.execute(sa.select(THINGS)).one())

    assert str(row.price) == "0.10"
    assert row.seen_at == pacific
    assert row.seen_at.tzinfo is UTC


async def test_a_naive_time_is_refused(settings: Settings) -> None:
    naive = NOON.replace(tzinfo=None)

    async with a_database(settings) as database:
        with pytest.raises(sa.exc.StatementError, match="aware"):
            await database.write(
                lambda c: c.execute(THINGS.insert().values(name="a", seen_at=naive))
            )


async def test_the_two_hours_of_one_name_are_kept_apart(settings: Settings) -> None:
    first = datetime(2026, 11, 1, 1, 30, tzinfo=PACIFIC)
    second = first.replace(fold=1)  # when the clocks have gone back, and Python calls them equal

    async with a_database(settings) as database:
        rows = [{"name": "a", "seen_at": first}, {"name": "b", "seen_at": second}]
        await database.write(lambda c: c.execute(THINGS.insert(), rows))
        query = sa.select(THINGS.c.seen_at).order_by(THINGS.c.name)
        kept = await database.read(lambda c: c.scalars(query).all())

    assert kept == [
        datetime(2026, 11, 1, 8, 30, tzinfo=UTC),
        datetime(2026, 11, 1, 9, 30, tzinfo=UTC),
    ]


async def test_writes_that_wait_together_share_one_transaction(settings: Settings) -> None:
    commits = 0

    def count() -> None:
        nonlocal commits
        commits += 1

    async with a_database(settings) as database:
        database.on_commit(count)
        await asyncio.gather(
            *(database.write(lambda c, n=n: add(c, str(n))) for n in range(100))  # type: ignore[misc]
        )
        assert len(await database.read(names)) == 100

    assert commits <= 3


async def test_one_failing_write_costs_the_others_nothing(settings: Settings) -> None:
    def spoil(connection: Connection) -> None:
        add(connection, "half done")
        raise ValueError("a fault of ours")

    async with a_database(settings) as database:
        results = await asyncio.gather(
            database.write(lambda c: add(c, "before")),
            database.write(spoil),
            database.write(lambda c: add(c, "after")),
            return_exceptions=True,
        )
        kept = await database.read(names)

    assert isinstance(results[1], ValueError)
    assert sorted(kept) == ["after", "before"]


async def test_a_store_that_fails_says_so_and_recovers(tmp_path: Path) -> None:
    async with a_database(Settings(data_dir=tmp_path)) as database:
        with closing(sqlite3.connect(tmp_path / "test.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(UnavailableError):
                await database.write(lambda c: add(c, "a"))
            assert database.problem() is not None
            other.execute("ROLLBACK")
        await database.write(lambda c: add(c, "b"))

        assert database.problem() is None
        assert await database.read(names) == ["b"]


async def test_a_second_process_on_the_same_directory_is_refused(tmp_path: Path) -> None:
    async with a_database(Settings(data_dir=tmp_path)):
        with (
            pytest.raises(SettingsError, match="another test is running"),
            open_engine(Settings(data_dir=tmp_path), "test"),
        ):
            pass


class FakePublisher:
    def __init__(self) -> None:
        self.published: list[Event] = []
        self.refused: set[str] = set()

    async def publish(self, event: Event) -> None:
        if event.key in self.refused:
            raise PublishError("the bus is away")
        self.published.append(event)


@asynccontextmanager
async def a_running_relay(
    database: Database, publisher: FakePublisher
) -> AsyncIterator[tuple[Outbox, Relay]]:
    outbox = Outbox(database, OUTBOX, lambda: NOON)
    relay = Relay(outbox, publisher)
    database.on_commit(relay.committed)
    running = asyncio.create_task(relay.run())
    try:
        yield outbox, relay
    finally:
        if running.done():
            running.result()
        running.cancel()


async def test_what_is_committed_is_published_once_and_marked(settings: Settings) -> None:
    publisher = FakePublisher()
    signal, other = a_signal(), a_signal(symbol="MSFT")

    async with a_database(settings) as database:
        async with a_running_relay(database, publisher) as (outbox, _):
            await database.write(lambda c: outbox.add(c, signal))
            await database.write(lambda c: outbox.add(c, signal))
            await until_waiting(outbox, 0)
        async with a_running_relay(database, publisher) as (outbox, _):
            await database.write(lambda c: outbox.add(c, other))
            await until_waiting(outbox, 0)

    assert publisher.published == [signal, other]


async def test_the_relay_publishes_when_it_is_its_turn(settings: Settings) -> None:
    publisher, mine = FakePublisher(), asyncio.Event()
    asked = 0

    async def turn() -> None:
        nonlocal asked
        asked += 1
        await mine.wait()

    async with a_database(settings) as database:
        outbox = Outbox(database, OUTBOX, lambda: NOON)
        relay = Relay(outbox, publisher, turn)
        database.on_commit(relay.wake)
        running = asyncio.create_task(relay.run())
        await database.write(lambda c: outbox.add(c, a_signal()))
        assert (asked, publisher.published) == (1, [])

        mine.set()
        await until_waiting(outbox, 0)
        running.cancel()

    assert len(publisher.published) == 1


async def test_an_event_that_is_not_confirmed_holds_back_its_own_key_only(
    settings: Settings,
) -> None:
    publisher = FakePublisher()
    publisher.refused = {"AAPL"}
    first, second, other = a_signal(), a_signal(sequence=2), a_signal(symbol="MSFT")

    async with (
        a_database(settings) as database,
        a_running_relay(database, publisher) as (outbox, relay),
    ):
        for event in (first, second, other):
            await database.write(lambda c, event=event: outbox.add(c, event))  # type: ignore[misc]
        await until(lambda: publisher.published == [other])
        await until(lambda: relay.problem() is not None)
        await until_waiting(outbox, 2)

        publisher.refused = set()
        await until(lambda: publisher.published == [other, first, second])
        await until(lambda: relay.problem() is None)


async def until_waiting(outbox: Outbox, depth: int) -> None:
    async with asyncio.timeout(10):
        while (await outbox.backlog()).depth != depth:
            pass


async def test_events_that_were_published_long_ago_are_forgotten(settings: Settings) -> None:
    now = NOON
    async with a_database(settings) as database:
        outbox = Outbox(database, OUTBOX, lambda: now)
        await database.write(lambda c: outbox.add(c, a_signal()))
        await outbox.confirm([1])
        now += timedelta(days=31)
        await database.write(lambda c: outbox.add(c, a_signal()))
        await outbox.confirm([2])
        kept = await database.read(
            lambda c: list(c.execute(sa.select(OUTBOX.c.position)).scalars())
        )

    assert kept == [2]


async def test_a_damaged_store_stops_the_start_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "analytics.sqlite").write_bytes(b"no database at all " * 500)

    with pytest.raises(SettingsError, match="the store of analytics cannot be used"):
        async with Database.open(Settings(data_dir=tmp_path), "analytics"):
            pass


@contextmanager
def read_only(path: Path) -> Iterator[None]:
    """Let nobody write below the path: root too, which heeds no mode."""
    if os.geteuid() != 0:
        path.chmod(0o500 if path.is_dir() else 0o400)
        yield
        path.chmod(0o700)
        return
    bind = subprocess.run(["mount", "--bind", path, path], check=False, capture_output=True)
    if bind.returncode != 0:
        pytest.skip("nothing may be mounted here")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", path], check=True)
        yield
    finally:
        subprocess.run(["umount", path], check=True)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("", "cannot be written", id="the folder"),
        pytest.param("analytics.sqlite", "analytics.sqlite may only be read", id="the file"),
    ],
)
async def test_a_store_that_may_only_be_read_stops_the_start_with_one_line(
    name: str, words: str, tmp_path: Path
) -> None:
    async with Database.open(Settings(data_dir=tmp_path), "analytics"):
        pass

    with read_only(tmp_path / name), pytest.raises(SettingsError, match=words):
        async with Database.open(Settings(data_dir=tmp_path), "analytics"):
            pass
