"""Single values that outlive the process."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from novalgo_common.store import insert
from novalgo_executor.store.tables import NOTES


def write(connection: Connection, name: str, value: str) -> None:
    statement = insert(connection, NOTES).values(name=name, value=value)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["name"], set_={"value": statement.excluded.value}
        )
    )


def read(connection: Connection, name: str) -> str | None:
    query = sa.select(NOTES.c.value).where(NOTES.c.name == name)
    value: str | None = connection.execute(query).scalar()
    return value
