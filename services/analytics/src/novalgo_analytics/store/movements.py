"""What changes positions: fills and adoptions, less the busted ones, and splits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from novalgo_analytics.accounting.movement import (
    Movement,
    Step,
    movement_of_adoption,
    movement_of_fill,
    split_of,
)
from novalgo_analytics.store.tables import BUSTS, MOVEMENTS, SPLITS
from novalgo_common.events import (
    FillBusted,
    FillRecorded,
    Leg,
    PositionAdopted,
    PositionSplit,
)
from novalgo_common.store import insert
from novalgo_common.wire import decode, encode

COUNTED = MOVEMENTS.c.event_id.not_in(sa.select(BUSTS.c.fill_event_id))
"""Which movements happened after all."""
_ADDITION = MOVEMENTS.insert()
_LEGS: dict[str | None, Leg | None] = {None: None, **{leg.value: leg for leg in Leg}}


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What was journaled since somebody looked."""

    steps: Sequence[Step]
    undone: frozenset[str]
    """The symbols whose history lost a fill."""
    position: int


def add_fill(connection: Connection, fill: FillRecorded, position: int) -> None:
    _add(connection, movement_of_fill(fill), position)


def add_adoption(connection: Connection, adopted: PositionAdopted, position: int) -> None:
    _add(connection, movement_of_adoption(adopted), position)


def add_bust(connection: Connection, bust: FillBusted, position: int) -> None:
    """Undo a fill, which may come later than its bust."""
    connection.execute(
        insert(connection, BUSTS)
        .values(fill_event_id=str(bust.fill_event_id), position=position, symbol=bust.symbol)
        .on_conflict_do_nothing(index_elements=["fill_event_id"])
    )


def add_split(connection: Connection, split: PositionSplit, position: int) -> None:
    connection.execute(
        SPLITS.insert().values(
            event_id=str(split.event_id),
            position=position,
            symbol=split.symbol,
            at=split.occurred_at,
            body=encode(split).decode(),
        )
    )


def news(connection: Connection, after: int) -> News:
    """Return what was journaled after the position `after`."""
    rows = connection.execute(MOVEMENTS.select().where(MOVEMENTS.c.position > after, COUNTED)).all()
    splits = connection.execute(SPLITS.select().where(SPLITS.c.position > after)).all()
    busts = connection.execute(BUSTS.select().where(BUSTS.c.position > after)).all()
    found: list[tuple[int, Step]] = [(row.position, _movement(row)) for row in rows]
    found += [(row.position, _split(row)) for row in splits]
    return News(
        steps=[step for _, step in sorted(found, key=lambda each: each[0])],
        undone=frozenset(row.symbol for row in busts),
        position=max((row.position for row in (*rows, *splits, *busts)), default=after),
    )


def of_symbol(connection: Connection, symbol: str, until: int | None = None) -> list[Step]:
    """Return all of a symbol's steps, those that were journaled up to the position `until`."""
    queries = [
        MOVEMENTS.select().where(MOVEMENTS.c.symbol == symbol, COUNTED),
        SPLITS.select().where(SPLITS.c.symbol == symbol),
    ]
    if until is not None:
        queries = [query.where(query.selected_columns.position <= until) for query in queries]
    counted, splits = (connection.execute(query) for query in queries)
    return [*(_movement(row) for row in counted), *(_split(row) for row in splits)]


def symbols(connection: Connection) -> list[str]:
    """Return every symbol that has ever moved."""
    query = sa.select(MOVEMENTS.c.symbol).distinct().order_by(MOVEMENTS.c.symbol)
    return list(connection.execute(query).scalars())


def _add(connection: Connection, movement: Movement, position: int) -> None:
    connection.execute(
        _ADDITION,
        {
            "event_id": movement.event_id,
            "position": position,
            "symbol": movement.symbol,
            "timeframe": movement.timeframe,
            "quantity": movement.quantity,
            "price": movement.price,
            "at": movement.at,
            "order": movement.order,
            "leg": movement.leg.value if movement.leg else None,
            "is_adoption": movement.is_adoption,
        },
    )


def _movement(row: Any) -> Movement:
    event_id, _position, symbol, timeframe, quantity, price, at, order, leg, is_adoption = row
    return Movement(
        symbol=symbol,
        timeframe=timeframe,
        quantity=quantity,
        price=price,
        at=at,
        order=order,
        leg=_LEGS[leg],
        is_adoption=is_adoption,
        event_id=event_id,
    )


def _split(row: Any) -> Step:
    event = decode(row.body.encode())
    assert isinstance(event, PositionSplit)
    return split_of(event)
