"""What needs the owner's attention."""

from typing import Literal

from novalgo_common.events.event import Event
from novalgo_common.symbols import Symbol


class AlarmRaised(Event):
    """Something needs the owner's attention."""

    type: Literal["alarm.raised.v1"] = "alarm.raised.v1"
    service: str
    code: str
    """A stable word, such as `sheet_unreadable`."""
    message: str
    """One sentence: what is wrong and what to do."""
    symbol: Symbol | None = None
