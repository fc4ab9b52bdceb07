"""Signals: what came, what was decided, how it ended."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from novalgo_common.events.event import Amount, Event, added_later
from novalgo_common.events.words import Action, Ending, Reason
from novalgo_common.symbols import Symbol
from novalgo_common.timeframes import Timeframe


class SignalReceived(Event):
    """Ingest received and stored a strategy's signal.

    `event_id` and `correlation_id` are the signal's id; it occurred when it was received.
    """

    type: Literal["signal.received.v1"] = "signal.received.v1"
    sequence: Annotated[int, Field(ge=1)]
    """Ingest's order of arrival: of two signals of one book the higher is the newer."""
    action: Action
    symbol: Symbol
    timeframe: Timeframe
    alert_at: AwareDatetime | None = None
    """When TradingView fired, by its own clock (`{{timenow}}`)."""
    bar_at: AwareDatetime | None = None
    price: Amount | None = None
    """The alert's own price."""
    comment: str | None = None
    stored_at: AwareDatetime | None = added_later()
    """When it went into the commit that the answer waited for."""


class SignalDecided(Event):
    """Executor decided how to act on a signal; its first order follows."""

    type: Literal["signal.decided.v1"] = "signal.decided.v1"
    action: Action
    symbol: Symbol
    timeframe: Timeframe
    config_version: int
    position_size: Amount | None
    """Dollars, from the row as it stood; None for a CLOSE."""
    held: Amount
    """Shares in the book before, negative when short."""


class SignalEnded(Event):
    """A signal reached its one ending."""

    type: Literal["signal.ended.v1"] = "signal.ended.v1"
    action: Action
    symbol: Symbol
    timeframe: Timeframe
    ending: Ending
    reason: Reason | None = None
    detail: str = ""
    """One sentence for the owner."""
    held: Amount
    """Shares in the book now, negative when short."""
