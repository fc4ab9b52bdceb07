"""The Config tab, and what its rows show."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from novalgo_common.events.event import Amount, Event, added_later
from novalgo_common.events.words import RowStatus, Sizing
from novalgo_common.symbols import Symbol
from novalgo_common.timeframes import Timeframe

SESSION = r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$"
"""From and to on one day in New York, such as `09:45-15:30`."""


class ConfigRow(BaseModel):
    """One valid row of the Config tab."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    symbol: Symbol
    timeframe: Timeframe
    position_size: Annotated[Amount, Field(gt=0)]
    """Dollars, or what `sizing` says."""
    active: bool
    sizing: Sizing | None = added_later()
    """What the size counts; None is dollars."""
    stop_distance: Amount | None = added_later(gt=0)
    """Dollars a share from the entry to where the strategy gives up; for `Sizing.RISK`."""
    max_position: Amount | None = added_later(gt=0)
    """Dollars that the book may be worth at its entry; a larger one is made smaller."""
    allow_short: bool | None = added_later()
    """False declines entries to the short side."""
    session: str | None = added_later(pattern=SESSION)
    """When entries are taken, by New York's clock."""
    max_signal_age: int | None = added_later(ge=1)
    """Seconds after which a signal opens nothing; it shortens executor's own limit."""
    cooldown: int | None = added_later(ge=1)
    """Seconds after an entry of the book in which it takes no other."""


class ConfigProblem(BaseModel):
    """A row of the Config tab that cannot be used, and why."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    row: int
    """As the sheet numbers it: the header is row 1."""
    symbol: str
    timeframe: str
    message: str


class ConfigEdit(BaseModel):
    """One value of the config in force that changed."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    symbol: Symbol
    timeframe: Timeframe
    field: str
    """The column, or `row` where the whole row came or went."""
    old: str | None
    new: str | None


class ConfigChanged(Event):
    """The Config tab has a new valid content; this is all of it."""

    type: Literal["config.changed.v1"] = "config.changed.v1"
    version: Annotated[int, Field(ge=1)]
    """Counts up with every change, over restarts too."""
    rows: tuple[ConfigRow, ...]
    problems: tuple[ConfigProblem, ...] = ()
    edits: tuple[ConfigEdit, ...] | None = added_later()
    """What differs from the version before."""
    read_at: AwareDatetime | None = added_later()
    """When the tab was last seen to say so; in answers to `ConfigRequested`."""


class StatusWritten(Event):
    """A row's Order Status stands in the sheet."""

    type: Literal["status.written.v1"] = "status.written.v1"
    symbol: Symbol
    timeframe: Timeframe
    status: RowStatus
    reason: str = ""
