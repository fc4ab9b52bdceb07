"""What a person orders; and halts: what stops entries, and what lifts that."""

from typing import Literal

from novalgo_common.events.event import Event
from novalgo_common.symbols import Symbol
from novalgo_common.timeframes import Timeframe


class _InOneOrder(Event):
    """What halts everything and what resumes a book come in the order in which they were said."""

    @property
    def key(self) -> str:
        return "control"


class TradingHalted(_InOneOrder):
    """Entries stop, for everything, a symbol or a book, until a person resumes.  Exits go on."""

    type: Literal["trading.halted.v1"] = "trading.halted.v1"
    symbol: Symbol | None
    timeframe: Timeframe | None
    reason: str


class TradingResumed(_InOneOrder):
    """A person lifted a halt."""

    type: Literal["trading.resumed.v1"] = "trading.resumed.v1"
    symbol: Symbol | None
    timeframe: Timeframe | None


class HaltRequested(_InOneOrder):
    """A person wants entries to stop, for everything, a symbol or a book.  Executor obeys."""

    type: Literal["halt.requested.v1"] = "halt.requested.v1"
    symbol: Symbol | None
    timeframe: Timeframe | None
    reason: str


class ResumeRequested(_InOneOrder):
    """A person wants the halt of exactly this scope to be lifted."""

    type: Literal["resume.requested.v1"] = "resume.requested.v1"
    symbol: Symbol | None
    timeframe: Timeframe | None


class FlattenRequested(_InOneOrder):
    """A person wants the scope halted and every book of it closed."""

    type: Literal["flatten.requested.v1"] = "flatten.requested.v1"
    symbol: Symbol | None
    timeframe: Timeframe | None
    reason: str


class ReplayRequested(Event):
    """A person wants a dead letter to be handled again, by the queue that it lay in."""

    type: Literal["replay.requested.v1"] = "replay.requested.v1"
    letter: str
    """Its name among the dead letters."""
    queue: str
    message: str | None
    """What it is, such as `signal.received.v1`; None of what is no event."""
    reason: str


class TrialRequested(Event):
    """A person wants a message to go over every channel of notifications."""

    type: Literal["trial.requested.v1"] = "trial.requested.v1"
    reason: str
