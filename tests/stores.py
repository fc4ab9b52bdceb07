"""Both kinds of database, for tests that must hold on either."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from novalgo_common.settings import Settings

STORE: dict[str, str] = {}
"""Settings of the store of the services that a test runs; empty is SQLite in its data directory."""


@pytest.fixture(params=["sqlite", "postgresql"])
def on_both(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the test on SQLite, and again on an empty PostgreSQL database."""
    if request.param == "postgresql":
        monkeypatch.setitem(STORE, "database_url", request.getfixturevalue("database_url"))


def stored_in(data_dir: Path) -> Settings:
    """Return settings that name the store of this test."""
    return Settings.model_validate({"data_dir": data_dir, **STORE})


@contextmanager
def locked(data_dir: Path, service: str, table: str) -> Iterator[None]:
    """Keep the service from writing the table, on either kind of database."""
    if STORE:
        with psycopg.connect(STORE["database_url"]) as other:
            other.execute(f"LOCK TABLE {service}.{table} IN EXCLUSIVE MODE".encode())
            yield
            other.rollback()
        return
    path = data_dir / f"{service}.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as other_file:
        other_file.execute("BEGIN IMMEDIATE")
        yield
        other_file.execute("ROLLBACK")
