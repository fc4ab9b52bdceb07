"""Questions that wait for an answer, and their answers."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from novalgo_common.events.account import PositionSnapshot
from novalgo_common.events.event import Amount, Event
from novalgo_common.events.words import Action, Ending, Leg, Reason, Side
from novalgo_common.symbols import Symbol
from novalgo_common.timeframes import Timeframe


class PositionsRequested(Event):
    """Asked of executor; answered with `PositionsReported`."""

    type: Literal["positions.requested.v1"] = "positions.requested.v1"


class PositionsReported(Event):
    type: Literal["positions.reported.v1"] = "positions.reported.v1"
    positions: tuple[PositionSnapshot, ...]


class ConfigRequested(Event):
    """Asked of sheets; answered with its last good `ConfigChanged`."""

    type: Literal["config.requested.v1"] = "config.requested.v1"


class Bar(BaseModel):
    """What a symbol traded for over one timeframe, adjusted for splits."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    start: AwareDatetime
    open: Annotated[Amount, Field(gt=0)]
    high: Annotated[Amount, Field(gt=0)]
    low: Annotated[Amount, Field(gt=0)]
    close: Annotated[Amount, Field(gt=0)]


class BarsRequested(Event):
    """Asked of executor, the only one that talks to Alpaca; answered with `BarsReported`."""

    type: Literal["bars.requested.v1"] = "bars.requested.v1"
    symbol: Symbol
    timeframe: Timeframe
    start: AwareDatetime
    end: AwareDatetime


class BarsReported(Event):
    """The bars that began from `start` to `end` of the request, oldest first."""

    type: Literal["bars.reported.v1"] = "bars.reported.v1"
    symbol: Symbol
    timeframe: Timeframe
    bars: tuple[Bar, ...]


class PreviewRequested(Event):
    """Asked of executor: what would it do now about this signal?  `PreviewReported` answers."""

    type: Literal["preview.requested.v1"] = "preview.requested.v1"
    action: Action
    symbol: Symbol
    timeframe: Timeframe
    alert_at: AwareDatetime | None = None
    price: Amount | None = None


class PreviewedOrder(BaseModel):
    """An order that would be sent; shares or dollars, one of them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    leg: Leg
    side: Side
    quantity: Amount | None
    notional: Amount | None


class PreviewReported(Event):
    """What executor would do now.  Nothing was done."""

    type: Literal["preview.reported.v1"] = "preview.reported.v1"
    held: Amount
    """Shares in the book now, negative when short."""
    orders: tuple[PreviewedOrder, ...]
    """In the order of their sending, each after the one before has filled."""
    ending: Ending | None = None
    """How the signal would end by a decision; None where its orders decide."""
    reason: Reason | None = None
    detail: str = ""
