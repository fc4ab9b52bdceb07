"""The broker's positions, each with the part that no book holds.  Pure."""

from collections.abc import Mapping, Sequence

from novalgo_common.events import PositionSnapshot
from novalgo_executor.allocate import Holdings
from novalgo_executor.broker import BrokerPosition
from novalgo_executor.facts import ZERO
from novalgo_executor.reconcile import in_books

NOTHING = Holdings(books={}, external=ZERO)


def position_snapshots(
    positions: Sequence[BrokerPosition], known: Mapping[str, Holdings]
) -> tuple[PositionSnapshot, ...]:
    """Return the positions as the other services see them, by symbol."""
    return tuple(
        PositionSnapshot(
            symbol=position.symbol,
            quantity=position.quantity,
            average_price=position.average_price,
            current_price=position.current_price,
            market_value=position.market_value,
            unrealized_pl=position.unrealized_pl,
            external=position.quantity - in_books(known.get(position.symbol, NOTHING)),
        )
        for position in sorted(positions, key=lambda position: position.symbol)
    )
