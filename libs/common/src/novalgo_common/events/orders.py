"""Orders and fills."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from novalgo_common.events.event import Amount, Event
from novalgo_common.events.words import Action, Leg, OrderStatus, Side
from novalgo_common.symbols import Symbol
from novalgo_common.timeframes import Timeframe


class OrderSubmitted(Event):
    """Alpaca has the order."""

    type: Literal["order.submitted.v1"] = "order.submitted.v1"
    symbol: Symbol
    timeframe: Timeframe
    action: Action
    leg: Leg
    client_order_id: str
    side: Side
    quantity: Amount | None
    notional: Amount | None
    """Dollars; exactly one of quantity and notional is given."""
    quote_price: Amount | None = None
    """The side of the quote that the order would meet when it was decided."""


class FillRecorded(Event):
    """Shares changed hands.  Counted once, whatever the stream and the polls repeat."""

    type: Literal["fill.recorded.v1"] = "fill.recorded.v1"
    symbol: Symbol
    timeframe: Timeframe | None
    """The book; None where the shares are external."""
    client_order_id: str | None
    """None where the trade was not NovAlgo's: made by hand, a liquidation."""
    order_id: str
    leg: Leg | None
    side: Side
    quantity: Annotated[Amount, Field(gt=0)]
    price: Annotated[Amount, Field(gt=0)]
    filled_at: AwareDatetime


class OrderEnded(Event):
    """An order reached a state that it cannot leave."""

    type: Literal["order.ended.v1"] = "order.ended.v1"
    symbol: Symbol
    timeframe: Timeframe
    action: Action
    leg: Leg
    client_order_id: str
    status: OrderStatus
    filled_quantity: Amount
    filled_average_price: Amount | None
    detail: str = ""


class FillBusted(Event):
    """A recorded fill never happened after all: the exchange undid it.

    A correction is a bust, followed by a fill as it now stands.
    """

    type: Literal["fill.busted.v1"] = "fill.busted.v1"
    symbol: Symbol
    timeframe: Timeframe | None
    """The book that the fill was counted into; None where its shares were external."""
    fill_event_id: UUID
    """The `event_id` of the `FillRecorded` that is undone."""
    client_order_id: str | None
    order_id: str
    side: Side
    quantity: Annotated[Amount, Field(gt=0)]
    """All of the fill, as it was recorded."""
    price: Annotated[Amount, Field(gt=0)]
