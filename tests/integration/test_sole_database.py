"""On PostgreSQL one session has a service's database; whoever loses it can do nothing more."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.engine import Connection

from novalgo_common.errors import LostError, SettingsError, TakenError, UnavailableError
from novalgo_common.settings import Settings
from novalgo_common.store import Database
from novalgo_common.store.engines import open_engine
from novalgo_common.store.sole import PROOF_SECONDS, SoleSession
from tests.postgres import admin, end_session_that_writes
from tests.waiting import until

pytestmark = pytest.mark.anyio

NOTE = sa.table("scraps", sa.column("text"))


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    with admin(database_url) as connection:
        connection.execute("CREATE SCHEMA executor")
        connection.execute("CREATE TABLE executor.scraps (text text)")
    return Settings(data_dir=tmp_path, database_url=SecretStr(database_url))


def note(connection: Connection, text: str) -> None:
    connection.execute(NOTE.insert().values(text=text))


def notes(connection: Connection) -> list[str]:
    return list(connection.execute(sa.select(NOTE.c.text)).scalars())


async def test_a_second_executor_is_refused_until_the_first_has_closed(settings: Settings) -> None:
    async with Database.open(settings, "executor"):
        with pytest.raises(TakenError, match="another executor is running on this database"):
            async with Database.open(settings, "executor"):
                pass
        async with Database.open(settings, "sheets"):
            pass

    async with Database.open(settings, "executor") as database:
        await database.write(lambda c: note(c, "second"))


async def test_several_ingests_may_share_a_database(settings: Settings) -> None:
    async with (
        Database.open(settings, "ingest", shared=True) as one,
        Database.open(settings, "ingest", shared=True) as other,
    ):
        assert one.is_ours()
        assert other.is_ours()


async def test_who_has_lost_the_session_commits_nothing_and_is_ended(settings: Settings) -> None:
    url = (settings.database_url or SecretStr("")).get_secret_value()

    async def be_replaced() -> None:
        async with Database.open(settings, "executor") as old:
            await old.write(lambda c: note(c, "before"))
            end_session_that_writes(url, "executor")
            async with Database.open(settings, "executor") as new:
                for late in ("too late", "reconnected"):
                    with pytest.raises(UnavailableError):
                        await old.write(lambda c, late=late: note(c, late))  # type: ignore[misc]
                assert not old.is_ours()
                assert await new.read(notes) == ["before"]
            await asyncio.Event().wait()

    with pytest.raises(LostError):
        await be_replaced()


async def test_a_transaction_that_loses_the_session_is_undone(settings: Settings) -> None:
    url = (settings.database_url or SecretStr("")).get_secret_value()

    def interrupted(connection: Connection) -> None:
        note(connection, "half done")
        end_session_that_writes(url, "executor")

    async def be_interrupted() -> None:
        async with Database.open(settings, "executor") as database:
            with pytest.raises(UnavailableError):
                await database.write(interrupted)
            await asyncio.Event().wait()

    with pytest.raises(LostError):
        await be_interrupted()

    async with Database.open(settings, "executor") as database:
        assert await database.read(notes) == []


async def test_an_error_of_the_caller_is_not_mistaken_for_a_loss(settings: Settings) -> None:
    async def fail() -> None:
        async with Database.open(settings, "executor") as database:
            with pytest.raises(sa.exc.ProgrammingError):
                await database.write(lambda c: c.execute(sa.text("SELECT nonsense")))
            await database.write(lambda c: note(c, "goes on"))
            assert database.is_ours()
            raise SettingsError("of the caller")

    with pytest.raises(SettingsError, match="of the caller"):
        await fail()


async def test_a_proof_of_the_lock_grows_old(settings: Settings) -> None:
    now = 1000.0

    with open_engine(settings, "executor") as engine, SoleSession.open(engine, "executor") as held:
        session = SoleSession(held._connection, timer=lambda: now)
        now += PROOF_SECONDS
        assert not session.is_proved()
        session.ping()
        assert session.is_proved()


async def test_a_holder_that_does_nothing_else_still_proves_the_lock(settings: Settings) -> None:
    async with Database.open(settings, "executor") as database:
        assert database._session is not None
        first = database._session._proved_at
        await until(lambda: database._session is not None and database._session._proved_at > first)
        assert database.is_ours()

    assert not database.is_ours()
