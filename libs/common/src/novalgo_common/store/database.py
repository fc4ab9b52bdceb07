"""One service's database, with group commit.

Writes that wait at the same moment share one transaction, so a burst costs a few fsyncs and not one
each.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import (
    AbstractContextManager,
    AsyncExitStack,
    ExitStack,
    asynccontextmanager,
    nullcontext,
    suppress,
)
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Connection, Engine, Transaction

from novalgo_common.errors import LostError, SettingsError, UnavailableError
from novalgo_common.migrations import upgrade
from novalgo_common.settings import Settings
from novalgo_common.store.engines import open_engine
from novalgo_common.store.sole import PING_SECONDS, SoleSession

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

    def __init__(self, engine: Engine, session: SoleSession | None = None) -> None:
        self._engine = engine
        self._session = session
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._waiting: list[_Write[Any]] = []
        self._flushing: asyncio.Task[None] | None = None
        self._listeners: list[Callable[[], None]] = []
        self._kept: Connection | None = None
        self._failure: str | None = None
        self._closed = False

    @classmethod
    @asynccontextmanager
    async def open(
        cls, settings: Settings, service: str, *, shared: bool = False
    ) -> "AsyncIterator[Database]":
        """Open the service's database at its newest version, for this process alone.

        `TakenError`: another process has it.  `LostError`: PostgreSQL has ended the session that
        writes; what runs inside this context is cancelled then.  A SQLite file is never lost.
        With `shared` any number of processes may have a PostgreSQL schema.  The migrations lie in
        `novalgo_<service>/migrations`.
        """
        async with AsyncExitStack() as stack:
            database = await asyncio.to_thread(
                cls._open, stack.enter_context(ExitStack()), settings, service, shared=shared
            )
            stack.push_async_callback(database._finish)
            if database._session is not None:
                await stack.enter_async_context(_ended_when(database._keep_alive))
            yield database

    @classmethod
    def _open(
        cls, stack: ExitStack, settings: Settings, service: str, *, shared: bool
    ) -> "Database":
        engine = stack.enter_context(open_engine(settings, service))
        session = None
        if engine.dialect.name == "postgresql" and not shared:
            session = stack.enter_context(SoleSession.open(engine, service))
        try:
            upgrade(engine, f"novalgo_{service}")
        except sa.exc.DatabaseError as error:
            raise SettingsError(
                f"the store of {service} cannot be used ({type(error.orig).__name__}): look at "
                "NOVALGO_DATA_DIR or NOVALGO_DATABASE_URL, and restore a backup where it is damaged"
            ) from None
        return cls(engine, session)

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

    def is_ours(self) -> bool:
        """Return whether certainly no other process has this database now.  For any thread.

        Ask right before something leaves that must not leave twice: a process that was stopped
        for a while does not know what happened meanwhile.
        """
        return not self._closed and (self._session is None or self._session.is_proved())

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
            with self._writing() as connection:
                if len(batch) == 1:
                    _run(batch[0], connection, connection.begin())
                else:
                    with connection.begin():
                        for item in batch:
                            _run(item, connection, connection.begin_nested())
            self._failure = None
        except Exception as error:  # the store itself: a full disk, a lock, a lost server
            self._let_go()
            self._failure = f"the store cannot be written ({type(error).__name__})"
            log.error("store.commit_failed", error=str(getattr(error, "orig", error)))
            for item in batch:
                item.error = UnavailableError(self._failure)

    def _writing(self) -> AbstractContextManager[Connection]:
        if self._session is not None:
            return self._session.use()
        if self._engine.dialect.name != "sqlite":
            return self._engine.connect().execution_options(novalgo_write=True)
        # Kept: a file does not go away as a server does, and opening costs as much as a commit.
        if self._kept is None:
            self._kept = self._engine.connect().execution_options(novalgo_write=True)
        return nullcontext(self._kept)

    def _let_go(self) -> None:
        if self._kept is not None:
            with suppress(Exception):  # it has failed already
                self._kept.close()
            self._kept = None

    def _read(self, work: Callable[[Connection], T]) -> T:
        try:
            with self._reading() as connection, connection.begin():
                return work(connection)
        except sa.exc.OperationalError as error:
            raise UnavailableError(
                f"the store cannot be read ({type(error.orig).__name__})"
            ) from error

    def _reading(self) -> Connection:
        connection = self._engine.connect()
        if connection.dialect.name == "postgresql":  # SQLite's transactions see one view anyway
            connection.execution_options(isolation_level="REPEATABLE READ")
        return connection

    async def _keep_alive(self) -> None:
        """Return once the session that writes is lost."""
        assert self._session is not None
        while not self._session.is_lost:
            await asyncio.sleep(PING_SECONDS)
            with suppress(Exception):  # the next commit will tell, if it matters
                await asyncio.get_running_loop().run_in_executor(self._writer, self._session.ping)

    def _refuse_when_closed(self) -> None:
        # While a process stops, the bus may still deliver to a service that has closed its store:
        # "away" makes the bus keep the message, anything else would make it a dead letter.
        if self._closed:
            raise UnavailableError("the store is closed")
        if self._session is not None and self._session.is_lost:
            raise UnavailableError("the store is lost: another process may have it")

    async def _finish(self) -> None:
        self._closed = True
        if self._flushing is not None:
            await self._flushing
        self._writer.shutdown()
        self._let_go()
        self._readers.shutdown()


def _run(item: _Write[Any], connection: Connection, within: Transaction) -> None:
    try:
        with within:
            item.result = item.work(connection)
    except sa.exc.OperationalError:
        raise
    except Exception as error:
        item.error = error


@asynccontextmanager
async def _ended_when(lost: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Cancel what runs inside once `lost` returns, and raise `LostError` in its place."""
    owner = asyncio.current_task()
    assert owner is not None
    watch = asyncio.ensure_future(lost())
    watch.add_done_callback(lambda done: done.cancelled() or owner.cancel())
    try:
        yield
    except asyncio.CancelledError:
        if not watch.done() or owner.uncancel():
            raise
        raise LostError("the database has ended the session that held the service's lock") from None
    finally:
        watch.cancel()
