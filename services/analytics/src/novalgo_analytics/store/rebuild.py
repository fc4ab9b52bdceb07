"""Derives everything from the journal again, beside what was kept incrementally."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from novalgo_analytics.accounting.ledger import build
from novalgo_analytics.accounting.statement import statement
from novalgo_analytics.store import journal, movements
from novalgo_analytics.store.tables import DERIVED, METADATA

Told: TypeAlias = Callable[[int, int], None]
"""Is told how many events of how many are done; called in a thread."""

SHOWN = 20
BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where the two are not equal; None where one of them has nothing."""

    table: str
    kept: str | None
    rebuilt: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    events: int
    rows: int
    ledgers: int
    different: int
    first: tuple[Difference, ...]
    """At most `SHOWN` of the differences."""


@contextmanager
def rebuilt(connection: Connection, told: Told) -> Iterator[Connection]:
    """Give a store of its own, made from the journal alone; it is thrown away at the end."""
    with TemporaryDirectory(prefix="novalgo-rebuild-") as folder:
        engine = sa.create_engine(f"sqlite:///{Path(folder) / 'rebuilt.sqlite'}")
        try:
            with engine.connect() as own:
                for pragma in ("journal_mode=OFF", "synchronous=OFF"):
                    own.exec_driver_sql(f"PRAGMA {pragma}")
                METADATA.create_all(own)
                _derive_all(connection, own, told)
                yield own
        finally:
            engine.dispose()


def compare(
    kept: Connection, own: Connection, statements: Mapping[str, str], position: int
) -> Comparison:
    """Return where the kept tables, and the ledgers as of `position`, differ from the rebuilt."""
    _, count = journal.extent(kept)
    rows, found = 0, []
    for table in DERIVED:
        for ours, theirs in zip_longest(_rows(kept, table), _rows(own, table)):
            rows += 1
            if ours != theirs:
                found.append(Difference(table=table.name, kept=ours, rebuilt=theirs))
    for symbol, text in sorted(statements.items()):
        again = statement(build(movements.of_symbol(own, symbol, position)))
        if again != text:
            found.append(Difference(table=f"ledger of {symbol}", kept=text, rebuilt=again))
    return Comparison(
        events=count,
        rows=rows,
        ledgers=len(statements),
        different=len(found),
        first=tuple(found[:SHOWN]),
    )


def replace(connection: Connection, own: Connection) -> None:
    """Put the rebuilt tables in the place of the kept ones, in the caller's transaction."""
    for table in DERIVED:
        connection.execute(table.delete())
        for page in own.execute(table.select()).mappings().partitions(BATCH):
            connection.execute(table.insert(), [dict(row) for row in page])


def _derive_all(connection: Connection, own: Connection, told: Told) -> None:
    newest, count = journal.extent(connection)
    done = 0
    for position, event in journal.events(connection, until=newest):
        journal.derive(own, event, position)
        done += 1
        if done % BATCH == 0:
            own.commit()
            told(done, count)
    own.commit()
    told(done, count)


def _rows(connection: Connection, table: sa.Table) -> Iterator[str]:
    key: list[Any] = list(table.primary_key.columns)
    if connection.dialect.name == "postgresql":  # SQLite compares bytes by itself
        key = [sa.collate(column, "C") for column in key]
    result = connection.execution_options(yield_per=BATCH).execute(table.select().order_by(*key))
    yield from (str(tuple(row)) for row in result)
