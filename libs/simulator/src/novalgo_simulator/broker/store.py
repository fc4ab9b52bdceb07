"""The account on disk.  What is answered or streamed has been committed here before."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    Column,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    select,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.pool import StaticPool

from novalgo_simulator.broker.cash import CashActivity
from novalgo_simulator.broker.order import Change, Fill, Movement, Order

_METADATA = MetaData()
_FACTS = Table(
    "facts",
    _METADATA,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
)
_ORDERS = Table(
    "orders",
    _METADATA,
    Column("sequence", Integer, primary_key=True),
    Column("client_order_id", String, nullable=False, unique=True),
    Column("body", Text, nullable=False),
)
_FILLS = Table(
    "fills",
    _METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("body", Text, nullable=False),
)
_CASH = Table(
    "cash",
    _METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("body", Text, nullable=False),
)
_ORDER = TypeAdapter(Order)
_FILL = TypeAdapter(Fill)
_MOVEMENT: TypeAdapter[Movement] = TypeAdapter(Movement)
_CASH_ACTIVITY = TypeAdapter(CashActivity)


class Store:
    """Survives a kill of the process, though not of the machine: it plays somebody else's."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def save(self, changes: Sequence[Change]) -> None:
        """Commit the changes together."""
        fills = [change.fill for change in changes if change.fill is not None]
        orders = {change.order.sequence: change.order for change in changes}
        with self._engine.begin() as connection:
            connection.execute(_SAVE_ORDER, [_order_row(order) for order in orders.values()])
            if fills:
                connection.execute(_FILLS.insert(), [_fill_row(fill) for fill in fills])

    def save_facts(self, facts: Mapping[str, str]) -> None:
        rows = [{"name": name, "value": value} for name, value in facts.items()]
        with self._engine.begin() as connection:
            connection.execute(_SAVE_FACT, rows)

    def facts(self) -> dict[str, str]:
        with self._engine.connect() as connection:
            rows = connection.execute(select(_FACTS.c.name, _FACTS.c.value))
            return {row.name: row.value for row in rows}

    def orders(self) -> Iterator[Order]:
        """Yield every order, the oldest first."""
        with self._engine.connect() as connection:
            for row in connection.execute(select(_ORDERS.c.body).order_by(_ORDERS.c.sequence)):
                yield _ORDER.validate_json(row.body)

    def save_movement(self, movement: Movement) -> None:
        body = _MOVEMENT.dump_json(movement).decode()
        with self._engine.begin() as connection:
            connection.execute(_FILLS.insert(), [{"body": body}])

    def save_cash(self, activity: CashActivity) -> None:
        body = _CASH_ACTIVITY.dump_json(activity).decode()
        with self._engine.begin() as connection:
            connection.execute(_CASH.insert(), [{"body": body}])

    def cash_activities(self) -> Iterator[CashActivity]:
        """Yield what moved cash without a trade, the oldest first."""
        with self._engine.connect() as connection:
            for row in connection.execute(select(_CASH.c.body).order_by(_CASH.c.sequence)):
                yield _CASH_ACTIVITY.validate_json(row.body)

    def clear(self) -> None:
        """Forget everything."""
        with self._engine.begin() as connection:
            for table in (_ORDERS, _FILLS, _CASH, _FACTS):
                connection.execute(table.delete())

    def movements(self) -> Iterator[Movement]:
        """Yield everything that moved a position, the oldest first."""
        with self._engine.connect() as connection:
            for row in connection.execute(select(_FILLS.c.body).order_by(_FILLS.c.sequence)):
                yield _MOVEMENT.validate_json(row.body)


@contextmanager
def open_store(path: Path) -> Iterator[Store]:
    """Open the file, or make it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # One connection, used from one thread: every commit is a few hundred microseconds.
    engine = create_engine(f"sqlite:///{path}", poolclass=StaticPool)
    event.listen(engine, "connect", _set_pragmas)
    _METADATA.create_all(engine)
    try:
        yield Store(engine)
    finally:
        engine.dispose()


def _set_pragmas(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


_INSERT_ORDER = insert(_ORDERS)
_SAVE_ORDER = _INSERT_ORDER.on_conflict_do_update(
    index_elements=[_ORDERS.c.sequence], set_={"body": _INSERT_ORDER.excluded.body}
)
_INSERT_FACT = insert(_FACTS)
_SAVE_FACT = _INSERT_FACT.on_conflict_do_update(
    index_elements=[_FACTS.c.name], set_={"value": _INSERT_FACT.excluded.value}
)


def _order_row(order: Order) -> dict[str, object]:
    return {
        "sequence": order.sequence,
        "client_order_id": order.client_order_id,
        "body": _ORDER.dump_json(order).decode(),
    }


def _fill_row(fill: Fill) -> dict[str, object]:
    return {"body": _FILL.dump_json(fill).decode()}
