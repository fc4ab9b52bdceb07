"""A service's store as one SQLite file: taken from either kind of database, and put into either.

It is taken while the service runs, as of one moment.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from novalgo_common.errors import SettingsError
from novalgo_common.migrations import upgrade
from novalgo_common.settings import Settings
from novalgo_common.store.engines import open_engine
from novalgo_common.store.outbox import Outbox

VERSION = "alembic_version"
BATCH = 1000


def save(settings: Settings, service: str, to: Path) -> None:
    """Write the store into the file `to`, which must not exist yet.

    Raises `SettingsError` where there is no store, or one of another version than ours.
    """
    if settings.database_url is None:
        _copy_sqlite(settings.data_dir / f"{service}.sqlite", to)
        return
    with open_engine(settings, service) as engine, _sqlite(to) as target:
        upgrade(target, f"novalgo_{service}")
        with engine.connect() as source, target.begin() as into:
            source.execution_options(isolation_level="REPEATABLE READ")
            _must_be_of_one_version(source, into, service)
            _copy_rows(source, into)


def load(settings: Settings, service: str, source: Path, *, republish_since: datetime) -> None:
    """Make the file the service's store, in its newest version.

    What the outbox had published since `republish_since` is published again: those who had it
    may have been taken back further, and drop the ids that they know.  Raises `SettingsError`
    where there is a store already, and `TakenError` where the service runs.
    """
    with TemporaryDirectory(dir=source.parent) as folder:
        current = Path(folder) / source.name
        copyfile(source, current)
        with _sqlite(current) as engine:
            upgrade(engine, f"novalgo_{service}")
            with engine.begin() as connection:
                _republish(connection, republish_since)
        with open_engine(settings, service) as target:
            if target.dialect.name == "sqlite":
                _place(current, settings.data_dir / f"{service}.sqlite", service)
            else:
                _pour(current, target, service)


def _copy_sqlite(source: Path, to: Path) -> None:
    if not source.exists():
        raise SettingsError(f"NOVALGO_DATA_DIR: there is no {source.name} to back up")
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30)) as store,
        closing(sqlite3.connect(to)) as copy,
    ):
        store.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it


@contextmanager
def _sqlite(path: Path) -> Iterator[Engine]:
    engine = sa.create_engine(f"sqlite:///{path}", hide_parameters=True)
    try:
        yield engine
    finally:
        engine.dispose()


def _place(current: Path, at: Path, service: str) -> None:
    if at.exists():
        raise SettingsError(
            f"NOVALGO_DATA_DIR: {at.name} is there already; stop {service} and move it away"
        )
    draft = at.with_suffix(".part")
    copyfile(current, draft)
    draft.rename(at)


def _pour(current: Path, target: Engine, service: str) -> None:
    upgrade(target, f"novalgo_{service}")
    with _sqlite(current) as engine, engine.connect() as source, target.begin() as into:
        tables = _tables(into)
        if any(into.execute(sa.select(table).limit(1)).first() for table in tables):
            raise SettingsError(
                f"NOVALGO_DATABASE_URL: the schema {service} holds rows already; stop {service} "
                "and drop it, or name another database"
            )
        _copy_rows(source, into)
        for table in tables:
            _count_on(into, table)


def _tables(connection: Connection) -> list[sa.Table]:
    metadata = sa.MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != VERSION]


def _copy_rows(source: Connection, into: Connection) -> None:
    for table in _tables(into):
        here = sa.table(table.name, *(sa.column(column.name) for column in table.columns))
        rows = source.execute(here.select())
        for batch in rows.mappings().partitions(BATCH):
            into.execute(table.insert(), [_typed(table, dict(row)) for row in batch])


def _typed(table: sa.Table, row: dict[str, object]) -> dict[str, object]:
    """SQLite has no booleans: what it holds of them are numbers."""
    return {
        name: bool(value)
        if value is not None and isinstance(table.c[name].type, sa.Boolean)
        else value
        for name, value in row.items()
    }


def _must_be_of_one_version(source: Connection, into: Connection, service: str) -> None:
    number: sa.ColumnClause[str] = sa.column("version_num")
    query = sa.select(number).select_from(sa.table(VERSION))
    try:
        stored = source.execute(query).scalar()
    except sa.exc.ProgrammingError:
        stored = None
    if stored != into.execute(query).scalar():
        raise SettingsError(
            f"NOVALGO_DATABASE_URL: the schema {service} is of another version than this program"
        )


def _count_on(connection: Connection, table: sa.Table) -> None:
    """Let PostgreSQL number the next row after the last of those that came with their numbers."""
    [*keys] = table.primary_key.columns
    if len(keys) != 1 or not isinstance(keys[0].type, sa.Integer):
        return
    sequence = sa.func.pg_get_serial_sequence(table.name, keys[0].name)
    last = connection.execute(sa.select(sa.func.max(keys[0]))).scalar()
    if last is not None and connection.execute(sa.select(sequence)).scalar() is not None:
        connection.execute(sa.select(sa.func.setval(sequence, last)))


def _republish(connection: Connection, since: datetime) -> None:
    outbox = Outbox.define(sa.MetaData())
    connection.execute(
        outbox.update().where(outbox.c.published_at >= since).values(published_at=None)
    )
