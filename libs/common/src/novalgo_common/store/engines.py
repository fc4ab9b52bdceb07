"""Opens a service's own database: `DATA_DIR/<service>.sqlite`, or a schema in PostgreSQL."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from novalgo_common.errors import SettingsError, TakenError
from novalgo_common.settings import Settings

CACHE_KILOBYTES = 500
"""Of each connection, of which a service has some: the kernel keeps the file's pages as well."""
CONNECT_SECONDS = 5
QUICK_TO_NOTICE = {
    "tcp_user_timeout": 5000,
    "keepalives_idle": 3,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
"""Finds a half-open connection within some 10 seconds, where Linux alone would take hours."""


@contextmanager
def open_engine(settings: Settings, service: str) -> Iterator[Engine]:
    """Give the engine of a service's own database; for SQLite, to one process at a time."""
    if settings.database_url is None:
        with _locked(settings.data_dir, service):
            yield from _disposed(_sqlite(settings.data_dir / f"{service}.sqlite"))
    else:
        yield from _disposed(_postgresql(settings.database_url.get_secret_value(), service))


def _disposed(engine: Engine) -> Iterator[Engine]:
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _locked(directory: Path, service: str) -> Iterator[None]:
    """Keep every other process out.  A stopped one keeps its lock; a dead one has none."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = (directory / f"{service}.lock").open("w")
    except OSError as error:
        raise SettingsError(f"NOVALGO_DATA_DIR: cannot be written ({error.strerror})") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise TakenError(
                "NOVALGO_DATA_DIR", f"another {service} is running on {directory}"
            ) from None
        yield


def _sqlite(path: Path) -> Engine:
    if path.exists() and not os.access(path, os.W_OK):
        raise SettingsError(f"NOVALGO_DATA_DIR: {path.name} may only be read")
    engine = sa.create_engine(
        f"sqlite:///{path}", connect_args={"timeout": 5}, hide_parameters=True
    )

    @sa.event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN would come too late
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(f"PRAGMA cache_size=-{CACHE_KILOBYTES}")
        connection.execute("PRAGMA temp_store=MEMORY")  # else a file for each savepoint

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("novalgo_write"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return
        # This takes no lock, so it cannot fail: it need not go by way of SQLAlchemy, which takes
        # as long for it as for a statement that reads.
        driver = connection.connection.dbapi_connection
        assert driver is not None
        driver.execute("BEGIN")

    return engine


def _postgresql(url: str, service: str) -> Engine:
    try:
        address = sa.make_url(url).set(drivername="postgresql+psycopg")
    except sa.exc.ArgumentError:
        raise SettingsError("NOVALGO_DATABASE_URL: is not a database address") from None
    engine = sa.create_engine(
        address,
        connect_args={
            "options": f"-csearch_path={service}",
            "connect_timeout": CONNECT_SECONDS,
            "client_encoding": "utf8",  # texts would be bytes where the database has no encoding
            **QUICK_TO_NOTICE,
        },
        pool_pre_ping=True,
        hide_parameters=True,
    )
    try:
        with engine.begin() as connection:
            connection.execute(sa.schema.CreateSchema(service, if_not_exists=True))
    except sa.exc.OperationalError:
        raise SettingsError(
            "NOVALGO_DATABASE_URL: the database does not answer, or refuses the login"
        ) from None
    return engine
