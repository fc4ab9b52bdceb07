"""Questions that wait for an answer, and their answers."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from novalgo_common.events.account import PositionSnapshot
from novalgo_common.events.event import Amount, Event
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
