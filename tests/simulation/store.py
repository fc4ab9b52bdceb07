"""Executor's real store on a database in memory, which outlives the process that is killed."""

import sqlite3
from functools import cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from novalgo_common.migrations import upgrade
from tests.simulation.faults import Faults


class Disk:
    """The one database of this process, empty again for each run: opening one takes longer."""

    def __init__(self) -> None:
        self._file = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._file.execute("PRAGMA foreign_keys=ON")
        self.engine = sa.create_engine(
            "sqlite://", creator=lambda: self._file, poolclass=sa.pool.StaticPool
        )
        # No listener for it: with one, every statement would cost a tenth more.
        self.engine.dialect.do_begin = self._begin  # type: ignore[assignment]
        upgrade(self.engine, "novalgo_executor")
        self._empty = sqlite3.connect(":memory:", check_same_thread=False)
        self._file.backup(self._empty)

    def _begin(self, _connection: object) -> None:
        self._file.execute("BEGIN")

    def clear(self) -> None:
        self._empty.backup(self._file)

    @property
    def changes(self) -> int:
        """Return a number that is another one after every commit that changed anything."""
        return self._file.total_changes

    def rows(self, query: str, *values: object) -> list[Any]:
        """Return what is committed; the simulation looks only between transactions."""
        return self._file.execute(query, values).fetchall()


@cache
def disk() -> Disk:
    return Disk()


class Door:
    """The database as one process has it: shut once the process is dead, at times locked."""

    def __init__(self, disk: Disk, faults: Faults) -> None:
        self._disk = disk
        self._faults = faults
        self._is_shut = False

    def shut(self) -> None:
        self._is_shut = True

    def connect(self) -> Connection:
        if self._is_shut or self._faults.happens("database locked"):
            raise sa.exc.OperationalError("connect", {}, sqlite3.OperationalError("locked"))
        return self._disk.engine.connect()

    @property
    def engine(self) -> Engine:
        return cast(Engine, self)
