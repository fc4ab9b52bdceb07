"""What pg_dump writes, put back as the runbook says."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from novalgo_common.migrate import migrate
from novalgo_common.settings import Settings
from novalgo_common.store import Database
from novalgo_executor.store import Store
from tests.builders import NOON, a_signal
from tests.postgres import admin, program

pytestmark = pytest.mark.anyio

RESTORED = Path(__file__).parents[2] / "deploy" / "postgres" / "restored.sql"


async def test_a_dump_that_is_put_back_publishes_the_last_hour_again_and_halts(
    database_url: str, postgres_url: str, tmp_path: Path
) -> None:
    settings = Settings.model_validate({"database_url": database_url})
    for service in ("ingest", "executor", "sheets", "analytics"):
        migrate(settings, service)
    earlier, lately = a_signal(), a_signal()
    for event, at in ((earlier, NOON - timedelta(hours=2)), (lately, NOON)):
        async with Database.open(settings, "executor") as database:
            store = Store(database, partial(datetime.astimezone, at))
            await store.announce(event)
            [waiting] = await store.outbox.waiting(10)
            await store.outbox.confirm([waiting.position])

    dump = tmp_path / "novalgo.dump"
    call("pg_dump", "--format=custom", f"--file={dump}", database_url)
    with elsewhere(postgres_url) as restored_url:
        call("pg_restore", f"--dbname={restored_url}", str(dump))
        made_at = f"--set=made_at={NOON.isoformat()}"
        call("psql", "--set=ON_ERROR_STOP=1", made_at, f"--file={RESTORED}", restored_url)
        restored = Settings.model_validate({"database_url": restored_url})
        async with Database.open(restored, "executor") as database:
            store = Store(database, lambda: NOON)
            waiting_again = await store.outbox.waiting(10)
            [halt] = await store.halts()

    assert [each.event for each in waiting_again] == [lately]
    assert (str(halt.scope), halt.reason) == ("all", "restored from a backup")


@contextmanager
def elsewhere(postgres_url: str) -> Iterator[str]:
    """Give the address of another empty database of the server."""
    name = f"novalgo_restored_{uuid4().hex}"
    with admin(postgres_url) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    yield sa.make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    with admin(postgres_url) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def call(name: str, *arguments: str) -> None:
    result = subprocess.run(
        [program(name), *arguments], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
