"""Single values that outlive the process."""

from functools import cache

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from novalgo_common.store import insert_for
from novalgo_executor.store.tables import NOTES


def write(connection: Connection, name: str, value: str) -> None:
    connection.execute(_writing(connection.dialect.name), {"name": name, "value": value})


def read(connection: Connection, name: str) -> str | None:
    value: str | None = connection.execute(_READING, {"name": name}).scalar()
    return value


_READING = sa.select(NOTES.c.value).where(NOTES.c.name == sa.bindparam("name"))


@cache
def _writing(dialect: str) -> sa.Executable:
    statement = insert_for(dialect, NOTES)
    return statement.on_conflict_do_update(
        index_elements=["name"], set_={"value": statement.excluded.value}
    )
