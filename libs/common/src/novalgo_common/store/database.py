"""One service's database, with group commit.

Writes that wait at the same moment share one transaction, so a burst costs a few fsyncs and not one
each.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Connection, Engine

from novalgo_common.errors import UnavailableError
from novalgo_common.migrations import upgrade
from novalgo_common.settings import Settings
from novalgo_common.store.engines import open_engine

log = structlog.get_logger()
T = TypeVar("T")
READERS = 4


@dataclass
class _Write(Generic[T]):
    work: Callable[[Connection], T]
    done: "asyncio.Future[T]"
    result: T | None = None
    error: Exception | None = None


class Database:
    """A service's own database.  Work is a plain function of a connection, run in a thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._waiting: list[_Write[Any]] = []
        self._flushing: asyncio.Task[None] | None = None
        self._listeners: list[Callable[[], None]] = []
        self._failure: str | None = None
        self._closed = False

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings, service: str) -> "AsyncIterator[Database]":
        """Open the service's database at its newest version, refusing a second process on SQLite.

        The migrations lie in `novalgo_<service>/migrations`.
        """
        with open_engine(settings, service) as engine:
            await asyncio.to_thread(upgrade, engine, f"novalgo_{service}")
            database = cls(engine)
            try:
                yield database
            finally:
                await database._finish()

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction; return its result once that is on disk.

        An exception of `work` undoes only that work.  `UnavailableError`: the store failed, and
        nothing of it was kept.
        """
        self._refuse_when_closed()
        item: _Write[T] = _Write(work, asyncio.get_running_loop().create_future())
        self._waiting.append(item)
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        return await item.done

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on one consistent view of the store."""
        self._refuse_when_closed()
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    def on_commit(self, listener: Callable[[], None]) -> None:
        """Call `listener` in the event loop after each commit."""
        self._listeners.append(listener)

    def problem(self) -> str | None:
        """Return why the last commit failed, or None when it did not."""
        return self._failure

    async def _flush(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch, self._waiting = self._waiting, []
            await loop.run_in_executor(self._writer, self._commit, batch)
            for item in batch:
                if item.done.cancelled():
                    continue
                if item.error is not None:
                    item.done.set_exception(item.error)
                else:
                    item.done.set_result(item.result)
            for listener in self._listeners:
                listener()

    def _commit(self, batch: list[_Write[Any]]) -> None:
        try:
            with (
                self._engine.connect().execution_options(novalgo_write=True) as connection,
                connection.begin(),
            ):
                for item in batch:
                    _run(item, connection)
            self._failure = None
        except Exception as error:  # the store itself: a full disk, a lock, a lost server
            self._failure = f"the store cannot be written ({type(error).__name__})"
            log.error("store.commit_failed", error=str(getattr(error, "orig", error)))
            for item in batch:
                item.error = UnavailableError(self._failure)

    def _read(self, work: Callable[[Connection], T]) -> T:
        try:
            with self._engine.connect() as connection, connection.begin():
                return work(connection)
        except sa.exc.OperationalError as error:
            raise UnavailableError(
                f"the store cannot be read ({type(error.orig).__name__})"
            ) from error

    def _refuse_when_closed(self) -> None:
        # While a process stops, the bus may still deliver to a service that has closed its store:
        # "away" makes the bus keep the message, anything else would make it a dead letter.
        if self._closed:
            raise UnavailableError("the store is closed")

    async def _finish(self) -> None:
        self._closed = True
        if self._flushing is not None:
            await self._flushing
        self._writer.shutdown()
        self._readers.shutdown()


def _run(item: _Write[Any], connection: Connection) -> None:
    try:
        with connection.begin_nested():
            item.result = item.work(connection)
    except sa.exc.OperationalError:
        raise
    except Exception as error:
        item.error = error
