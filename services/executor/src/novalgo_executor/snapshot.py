"""The broker's positions, each with the part that no book holds.  Pure."""

from collections.abc import Mapping, Sequence

from novalgo_common.events import PositionSnapshot
from novalgo_executor.broker import BrokerPosition
from novalgo_executor.facts import ZERO
from novalgo_executor.reconcile import Known

NOTHING = Known(in_books=ZERO, external=ZERO)


def position_snapshots(
    positions: Sequence[BrokerPosition], known: Mapping[str, Known]
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
            external=position.quantity - known.get(position.symbol, NOTHING).in_books,
        )
        for position in sorted(positions, key=lambda position: position.symbol)
    )
