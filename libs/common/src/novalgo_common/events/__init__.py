"""Every message on the bus.  This package is the contract between the services.

A published version never changes its meaning: add optional fields to it, or publish a new `.vN`
beside it until no consumer reads the old one.  Amounts are Decimals, written as strings; times are
aware.  An event's id is given by who makes it: a derived event takes `derived_id`, so that making
it again gives the same id and every consumer can drop the second.
"""

from novalgo_common.events.account import (
    AccountSnapshotTaken,
    CashMoved,
    LimitState,
    PositionAdopted,
    PositionSnapshot,
    PositionSplit,
    SplitPart,
)
from novalgo_common.events.alarms import AlarmRaised
from novalgo_common.events.control import (
    FlattenRequested,
    HaltRequested,
    ReplayRequested,
    ResumeRequested,
    TradingHalted,
    TradingResumed,
    TrialRequested,
)
from novalgo_common.events.event import Amount, Event, derived_id
from novalgo_common.events.orders import FillBusted, FillRecorded, OrderEnded, OrderSubmitted
from novalgo_common.events.performance import (
    PerformanceRequested,
    PerformanceRow,
    PerformanceUpdated,
    PerformanceWritten,
)
from novalgo_common.events.requests import (
    Bar,
    BarsReported,
    BarsRequested,
    ConfigRequested,
    PositionsReported,
    PositionsRequested,
    PreviewedOrder,
    PreviewReported,
    PreviewRequested,
)
from novalgo_common.events.sheet import (
    ConfigChanged,
    ConfigEdit,
    ConfigProblem,
    ConfigRow,
    StatusWritten,
)
from novalgo_common.events.signals import SignalDecided, SignalEnded, SignalReceived
from novalgo_common.events.words import (
    Action,
    CashKind,
    Ending,
    Leg,
    OrderStatus,
    Reason,
    RowStatus,
    Side,
    Sizing,
)

__all__ = [
    "EVENTS",
    "AccountSnapshotTaken",
    "Action",
    "AlarmRaised",
    "Amount",
    "Bar",
    "BarsReported",
    "BarsRequested",
    "CashKind",
    "CashMoved",
    "ConfigChanged",
    "ConfigEdit",
    "ConfigProblem",
    "ConfigRequested",
    "ConfigRow",
    "Ending",
    "Event",
    "FillBusted",
    "FillRecorded",
    "FlattenRequested",
    "HaltRequested",
    "Leg",
    "LimitState",
    "OrderEnded",
    "OrderStatus",
    "OrderSubmitted",
    "PerformanceRequested",
    "PerformanceRow",
    "PerformanceUpdated",
    "PerformanceWritten",
    "PositionAdopted",
    "PositionSnapshot",
    "PositionSplit",
    "PositionsReported",
    "PositionsRequested",
    "PreviewReported",
    "PreviewRequested",
    "PreviewedOrder",
    "Reason",
    "ReplayRequested",
    "ResumeRequested",
    "RowStatus",
    "Side",
    "SignalDecided",
    "SignalEnded",
    "SignalReceived",
    "Sizing",
    "SplitPart",
    "StatusWritten",
    "TradingHalted",
    "TradingResumed",
    "TrialRequested",
    "derived_id",
    "type_of",
]

EVENTS: tuple[type[Event], ...] = (
    SignalReceived,
    SignalDecided,
    SignalEnded,
    OrderSubmitted,
    FillRecorded,
    FillBusted,
    OrderEnded,
    PositionAdopted,
    PositionSplit,
    AccountSnapshotTaken,
    CashMoved,
    ConfigChanged,
    StatusWritten,
    PerformanceRequested,
    PerformanceUpdated,
    PerformanceWritten,
    TradingHalted,
    TradingResumed,
    HaltRequested,
    ResumeRequested,
    FlattenRequested,
    ReplayRequested,
    TrialRequested,
    AlarmRaised,
    PositionsRequested,
    PositionsReported,
    ConfigRequested,
    BarsRequested,
    BarsReported,
    PreviewRequested,
    PreviewReported,
)


def type_of(event: type[Event]) -> str:
    """Return the name that the event carries on the wire, such as `signal.received.v1`."""
    return str(event.model_fields["type"].default)
