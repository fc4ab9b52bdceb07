"""Many rows with one statement, on a hot path.

The drivers run a list of rows one by one, and SQLite's gives up the interpreter at each, as it does
at each row that is returned: while requests wait for it, that costs more than the rows do.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, CursorResult

AT_ONCE = 500
"""Rows of one statement: no database takes more than some ten thousand values."""


class BulkInsert:
    """An insert of some columns of a table; `conflict` is what SQL says of a row that is there."""

    def __init__(self, table: sa.Table, columns: Sequence[str], conflict: str = "") -> None:
        self._table = table
        self._columns = tuple(columns)
        self._conflict = conflict

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Insert the rows in their order; return how many were not there yet."""
        return sum(
            self._execute(connection, part, self._conflict).rowcount for part in _parts(rows)
        )

    def numbered(
        self, connection: Connection, rows: Sequence[Mapping[str, Any]], number: str
    ) -> list[int]:
        """Insert the rows; return the numbers that the database gave them in the column `number`.

        They are in the order of the rows, of which none may be there already.
        """
        return [each for part in _parts(rows) for each in self._numbers(connection, part, number)]

    def _numbers(
        self, connection: Connection, rows: Sequence[Mapping[str, Any]], number: str
    ) -> Sequence[int]:
        if connection.dialect.name == "sqlite":
            # It has one writer, and counts on from the last row.
            last: int = self._execute(connection, rows, "").lastrowid
            return range(last - len(rows) + 1, last + 1)
        return self._execute(connection, rows, f"RETURNING {number}").scalars().all()

    def _execute(
        self, connection: Connection, rows: Sequence[Mapping[str, Any]], ending: str
    ) -> "CursorResult[Any]":
        mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
        statement = _statement(self._table.name, self._columns, ending, mark, len(rows))
        columns = [self._values(connection.dialect, rows, name) for name in self._columns]
        values = tuple(chain.from_iterable(zip(*columns, strict=True)))
        return connection.exec_driver_sql(statement, values)

    def _values(
        self, dialect: sa.Dialect, rows: Sequence[Mapping[str, Any]], name: str
    ) -> list[Any]:
        as_stored = _as_stored(self._table.c[name], dialect)
        if as_stored is None:
            return [row[name] for row in rows]
        return [as_stored(row[name]) for row in rows]


def _parts(rows: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    return (rows[first : first + AT_ONCE] for first in range(0, len(rows), AT_ONCE))


@lru_cache(maxsize=256)
def _statement(table: str, columns: tuple[str, ...], ending: str, mark: str, count: int) -> str:
    row = f"({', '.join([mark] * len(columns))})"
    rows = ", ".join([row] * count)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {rows} {ending}"  # noqa: S608 - our own words


@lru_cache(maxsize=256)
def _as_stored(column: "sa.Column[Any]", dialect: sa.Dialect) -> Callable[[Any], Any] | None:
    return column.type.dialect_impl(dialect).bind_processor(dialect)
