"""Many rows with one statement, on a hot path.

The drivers run a list of rows one by one, and SQLite's gives up the interpreter at each: while
requests wait for it, that costs more than the rows do.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

AT_ONCE = 500
"""Rows of one statement: no database takes more than some ten thousand values."""


class BulkInsert:
    """An insert of some columns of a table; `ending` is the SQL that follows the rows."""

    def __init__(self, table: sa.Table, columns: Sequence[str], ending: str = "") -> None:
        self._table = table
        self._columns = tuple(columns)
        self._ending = ending

    def run(
        self, connection: Connection, rows: Sequence[Mapping[str, Any]]
    ) -> "Sequence[sa.Row[Any]]":
        """Insert the rows in their order; return what the ending returns, in any order."""
        returned: list[sa.Row[Any]] = []
        for first in range(0, len(rows), AT_ONCE):
            part = rows[first : first + AT_ONCE]
            mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
            statement = _statement(self._table.name, self._columns, self._ending, mark, len(part))
            values = tuple(self._values(connection.dialect, part))
            result = connection.exec_driver_sql(statement, values)
            if result.returns_rows:
                returned += result.all()
        return returned

    def _values(self, dialect: sa.Dialect, rows: Sequence[Mapping[str, Any]]) -> Iterator[Any]:
        columns = [(name, _as_stored(self._table.c[name], dialect)) for name in self._columns]
        for row in rows:
            for name, as_stored in columns:
                value = row[name]
                yield value if as_stored is None else as_stored(value)


@lru_cache(maxsize=256)
def _statement(table: str, columns: tuple[str, ...], ending: str, mark: str, count: int) -> str:
    row = f"({', '.join([mark] * len(columns))})"
    rows = ", ".join([row] * count)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {rows} {ending}"  # noqa: S608 - our own words


@lru_cache(maxsize=256)
def _as_stored(column: "sa.Column[Any]", dialect: sa.Dialect) -> Callable[[Any], Any] | None:
    return column.type.dialect_impl(dialect).bind_processor(dialect)
