"""How times and amounts are stored, on SQLite and PostgreSQL alike."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware time, stored as UTC text that sorts as the times do."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must be aware")
        return _text(value.astimezone(UTC))

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> datetime | None:
        return datetime.fromisoformat(value) if value is not None else None


@lru_cache(maxsize=128)
def _text(utc: datetime) -> str:
    # Kept, since one moment goes into many rows of one commit.
    return f"{utc.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


class Exact(sa.types.TypeDecorator[Decimal]):
    """A Decimal, stored as its text: SQLite has no decimals."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: sa.Dialect) -> str | None:
        return format(value, "f") if value is not None else None

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Decimal | None:
        return Decimal(value) if value is not None else None


def insert(connection: Connection, table: sa.Table) -> "sqlite.Insert | postgresql.Insert":
    """Return an insert that can say `on_conflict_do_nothing` and `on_conflict_do_update`.

    Its result's `rowcount` is the rows that were not there yet.
    """
    return insert_for(connection.dialect.name, table)


def insert_for(dialect: str, table: sa.Table) -> "sqlite.Insert | postgresql.Insert":
    """Return the same for a dialect, so that a statement of a hot path can be built once."""
    inserting = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    # Else PostgreSQL's driver has forgotten it by then, and says -1.
    return inserting.execution_options(preserve_rowcount=True)
