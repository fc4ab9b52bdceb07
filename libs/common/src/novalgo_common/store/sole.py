"""The only session that may write a service's PostgreSQL schema.

It holds an advisory lock and makes every write, so that whoever has lost the lock has lost the
means to commit with it.  It never reconnects.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from novalgo_common.errors import TakenError

IDLE_SECONDS = 15
"""After so long without a sign of life PostgreSQL ends the session, and another may take over."""
PROOF_SECONDS = 3.0
"""How long a proof of the lock lets this process act outside; much shorter than the above."""
PING_SECONDS = 1.0

LOCK_SPACE = 7365


class SoleSession:
    """Used by one thread at a time; only `is_proved` may be asked by any."""

    def __init__(
        self, connection: Connection, *, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self._connection = connection
        self._timer = timer
        self._proved_at = timer()
        self.is_lost = False
        """For ever: the lock went with the session."""

    @classmethod
    @contextmanager
    def open(cls, engine: Engine, service: str) -> "Iterator[SoleSession]":
        """Take the lock, or raise `TakenError` where another session has it."""
        with engine.connect() as connection:
            if not connection.execute(_LOCK, {"service": service}).scalar():
                raise TakenError(
                    "NOVALGO_DATABASE_URL", f"another {service} is running on this database"
                )
            connection.execute(_END_WHEN_IDLE)
            connection.commit()
            try:
                yield cls(connection)
            finally:
                connection.invalidate()  # not back to the pool: closing it gives the lock up

    @contextmanager
    def use(self) -> Iterator[Connection]:
        """Give the connection for one transaction, whose success proves the lock anew."""
        began = self._timer()
        if self.is_lost or self._connection.invalidated:
            # SQLAlchemy would quietly connect again here, without the lock.
            self.is_lost = True
            raise ConnectionError("the session that may write has ended")
        try:
            yield self._connection
        except BaseException:
            self.is_lost = self._connection.invalidated
            raise
        self._proved_at = began

    def ping(self) -> None:
        """Show PostgreSQL that we live, and ourselves that the lock is held."""
        with self.use() as connection, connection.begin():
            connection.execute(sa.text("SELECT 1"))

    def is_proved(self) -> bool:
        """Return whether the lock was certainly held a moment ago."""
        return not self.is_lost and self._timer() - self._proved_at < PROOF_SECONDS


_LOCK = sa.text(f"SELECT pg_try_advisory_lock({LOCK_SPACE}, hashtext(:service))")
_END_WHEN_IDLE = sa.text(
    f"SELECT set_config('idle_session_timeout', '{IDLE_SECONDS}s', false),"
    f" set_config('idle_in_transaction_session_timeout', '{IDLE_SECONDS}s', false)"
)
