"""What changes a position: a fill, or shares that were adopted because no fill explains them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from novalgo_common.events import FillRecorded, Leg, PositionAdopted, PositionSplit, Side

SortKey: TypeAlias = tuple[datetime, int, str, str]

_RANK = {Leg.CLOSE: 2, None: 3, Leg.OPEN: 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """Shares that came or went, at a price."""

    symbol: str
    timeframe: str | None
    """The book; None is EXTERNAL, what was not traded by NovAlgo."""
    quantity: Decimal
    """Signed shares: what was bought is positive."""
    price: Decimal
    at: datetime
    order: str
    """The order's id, ours where it has one; of an adoption the event's id."""
    leg: Leg | None
    is_adoption: bool
    """Whether the shares came, or went, without a trade.  They may have no price then: 0."""
    event_id: str

    @property
    def sort_key(self) -> SortKey:
        """Return what orders steps the same way in whatever order they arrive.

        At one instant shares are split before they are adopted, adopted before they are traded,
        and closed before a new one is opened.
        """
        rank = 1 if self.is_adoption else _RANK[self.leg]
        return (self.at, rank, self.order, self.event_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a split made of one holder's signed shares."""

    timeframe: str | None
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Other quantities at the same cost: a symbol's shares were split or merged."""

    symbol: str
    parts: tuple[Part, ...]
    at: datetime
    event_id: str

    @property
    def sort_key(self) -> SortKey:
        return (self.at, 0, "", self.event_id)

    @property
    def whole(self) -> Part:
        """Return what the split made of the account's netted shares."""
        return Part(
            timeframe=None,
            before=sum((part.before for part in self.parts), Decimal(0)),
            after=sum((part.after for part in self.parts), Decimal(0)),
        )

    @property
    def ratio(self) -> Decimal:
        """Return the new shares for one old, by the holders' shares without their signs."""
        before = sum((abs(part.before) for part in self.parts), Decimal(0))
        after = sum((abs(part.after) for part in self.parts), Decimal(0))
        return after / before if before and after else Decimal(1)


Step: TypeAlias = Movement | Split


def movement_of_fill(fill: FillRecorded) -> Movement:
    return Movement(
        symbol=fill.symbol,
        timeframe=fill.timeframe,
        quantity=fill.quantity if fill.side is Side.BUY else -fill.quantity,
        price=fill.price,
        at=fill.filled_at,
        order=fill.client_order_id or fill.order_id,
        leg=fill.leg,
        is_adoption=False,
        event_id=str(fill.event_id),
    )


def movement_of_adoption(adopted: PositionAdopted) -> Movement:
    return Movement(
        symbol=adopted.symbol,
        timeframe=adopted.timeframe,
        quantity=adopted.quantity,
        price=adopted.average_price,
        at=adopted.occurred_at,
        order=str(adopted.event_id),
        leg=None,
        is_adoption=True,
        event_id=str(adopted.event_id),
    )


def split_of(event: PositionSplit) -> Split:
    return Split(
        symbol=event.symbol,
        parts=tuple(
            Part(timeframe=part.timeframe, before=part.before, after=part.after)
            for part in event.parts
        ),
        at=event.occurred_at,
        event_id=str(event.event_id),
    )
