"""Statements that every event needs, built once: building takes longer than SQLite runs them."""

from functools import cache

import sqlalchemy as sa

from novalgo_common.store import insert_for


@cache
def addition(dialect: str, table: sa.Table, key: str) -> sa.Executable:
    """Return what adds a row, and leaves one that has its key already."""
    return insert_for(dialect, table).on_conflict_do_nothing(index_elements=[key])


@cache
def change(dialect: str, table: sa.Table, key: str, columns: tuple[str, ...]) -> sa.Executable:
    """Return what adds a row, or changes these columns of the one that has its key already."""
    statement = insert_for(dialect, table)
    changed = {name: statement.excluded[name] for name in columns}
    return statement.on_conflict_do_update(index_elements=[key], set_=changed)
