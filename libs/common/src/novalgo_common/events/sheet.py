"""The Config tab, and what its rows show."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from novalgo_common.events.event import Amount, Event
from novalgo_common.events.words import RowStatus
from novalgo_common.symbols import Symbol
from novalgo_common.timeframes import Timeframe


class ConfigRow(BaseModel):
    """One valid row of the Config tab."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    symbol: Symbol
    timeframe: Timeframe
    position_size: Annotated[Amount, Field(gt=0)]
    """Dollars."""
    active: bool


class ConfigProblem(BaseModel):
    """A row of the Config tab that cannot be used, and why."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    row: int
    """As the sheet numbers it: the header is row 1."""
    symbol: str
    timeframe: str
    message: str


class ConfigChanged(Event):
    """The Config tab has a new valid content; this is all of it."""

    type: Literal["config.changed.v1"] = "config.changed.v1"
    version: Annotated[int, Field(ge=1)]
    """Counts up with every change, over restarts too."""
    rows: tuple[ConfigRow, ...]
    problems: tuple[ConfigProblem, ...] = ()


class StatusWritten(Event):
    """A row's Order Status stands in the sheet."""

    type: Literal["status.written.v1"] = "status.written.v1"
    symbol: Symbol
    timeframe: Timeframe
    status: RowStatus
    reason: str = ""
