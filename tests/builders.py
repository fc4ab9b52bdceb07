"""Events as tests want them: ordinary by default, so that a test names only what it is about.

The story they tell together: on an ordinary day at noon a BUY of AAPL on the 15 minute chart
arrives, is decided, submitted, filled and ended.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TypeVar
from uuid import UUID, uuid4

from novalgo_common.events import (
    AccountSnapshotTaken,
    Action,
    AlarmRaised,
    Bar,
    BarsReported,
    BarsRequested,
    CashKind,
    CashMoved,
    ConfigChanged,
    ConfigProblem,
    ConfigRequested,
    ConfigRow,
    Ending,
    Event,
    FillBusted,
    FillRecorded,
    FlattenRequested,
    HaltRequested,
    Leg,
    OrderEnded,
    OrderStatus,
    OrderSubmitted,
    PerformanceRequested,
    PerformanceRow,
    PerformanceUpdated,
    PerformanceWritten,
    PositionAdopted,
    PositionSnapshot,
    PositionSplit,
    PositionsReported,
    PositionsRequested,
    PreviewedOrder,
    PreviewReported,
    PreviewRequested,
    ReplayRequested,
    ResumeRequested,
    RowStatus,
    Side,
    SignalDecided,
    SignalEnded,
    SignalReceived,
    SplitPart,
    StatusWritten,
    TradingHalted,
    TradingResumed,
    TrialRequested,
)

NOON = datetime(2026, 11, 11, 17, 0, tzinfo=UTC)
"""Noon in New York on a Wednesday: the market is open."""
SECOND = timedelta(seconds=1)
SYMBOL = "AAPL"
TIMEFRAME = "15 Min"
SIGNAL_ID = UUID("5e1f0c52-0000-4000-8000-000000000001")

EventT = TypeVar("EventT", bound=Event)


def _build(kind: type[EventT], defaults: dict[str, object], changes: dict[str, object]) -> EventT:
    common: dict[str, object] = {
        "event_id": uuid4(),
        "occurred_at": NOON,
        "correlation_id": SIGNAL_ID,
    }
    return kind.model_validate(common | defaults | changes)


def a_signal(**changes: object) -> SignalReceived:
    """Return a BUY; it correlates with itself, as ingest makes it."""
    event_id = changes.get("event_id", uuid4())
    return _build(
        SignalReceived,
        {
            "event_id": event_id,
            "correlation_id": event_id,
            "sequence": 1,
            "action": Action.BUY,
            "symbol": SYMBOL,
            "timeframe": TIMEFRAME,
            "alert_at": NOON,
            "bar_at": NOON,
            "price": Decimal("200.00"),
            "stored_at": changes.get("occurred_at", NOON),
        },
        changes,
    )


def a_signal_decided(**changes: object) -> SignalDecided:
    defaults: dict[str, object] = {
        "action": Action.BUY,
        "symbol": SYMBOL,
        "timeframe": TIMEFRAME,
        "config_version": 1,
        "position_size": Decimal(5000),
        "held": Decimal(0),
    }
    return _build(SignalDecided, defaults, changes)


def a_signal_ended(**changes: object) -> SignalEnded:
    defaults: dict[str, object] = {
        "action": Action.BUY,
        "symbol": SYMBOL,
        "timeframe": TIMEFRAME,
        "ending": Ending.FILLED,
        "held": Decimal(25),
    }
    return _build(SignalEnded, defaults, changes)


def an_order_submitted(**changes: object) -> OrderSubmitted:
    defaults: dict[str, object] = {
        "symbol": SYMBOL,
        "timeframe": TIMEFRAME,
        "action": Action.BUY,
        "leg": Leg.OPEN,
        "client_order_id": "nova-open-1",
        "side": Side.BUY,
        "quantity": Decimal(25),
        "notional": None,
        "quote_price": Decimal("200.00"),
    }
    return _build(OrderSubmitted, defaults, changes)


def a_fill(**changes: object) -> FillRecorded:
    defaults: dict[str, object] = {
        "symbol": SYMBOL,
        "timeframe": TIMEFRAME,
        "client_order_id": "nova-open-1",
        "order_id": "61e69015-8549-4bfd-b9c3-01e75843f47d",
        "leg": Leg.OPEN,
        "side": Side.BUY,
        "quantity": Decimal(25),
        "price": Decimal("200.00"),
        "filled_at": NOON,
    }
    return _build(FillRecorded, defaults, changes)


def a_bust(fill: FillRecorded | None = None, **changes: object) -> FillBusted:
    """Return the undoing of `fill`, else of an ordinary one."""
    undone = fill or a_fill()
    defaults: dict[str, object] = {
        "symbol": undone.symbol,
        "timeframe": undone.timeframe,
        "fill_event_id": undone.event_id,
        "client_order_id": undone.client_order_id,
        "order_id": undone.order_id,
        "side": undone.side,
        "quantity": undone.quantity,
        "price": undone.price,
    }
    return _build(FillBusted, defaults, changes)


def an_order_ended(**changes: object) -> OrderEnded:
    defaults: dict[str, object] = {
        "symbol": SYMBOL,
        "timeframe": TIMEFRAME,
        "action": Action.BUY,
        "leg": Leg.OPEN,
        "client_order_id": "nova-open-1",
        "status": OrderStatus.FILLED,
        "filled_quantity": Decimal(25),
        "filled_average_price": Decimal("200.00"),
    }
    return _build(OrderEnded, defaults, changes)


def a_cash_movement(**changes: object) -> CashMoved:
    """Return a fee of three cents."""
    defaults: dict[str, object] = {
        "kind": CashKind.FEE,
        "amount": Decimal("-0.03"),
        "symbol": None,
        "activity": "FEE",
        "activity_id": "20261111000000000::made-up",
    }
    return _build(CashMoved, defaults, changes)


def a_position_adopted(**changes: object) -> PositionAdopted:
    defaults: dict[str, object] = {
        "symbol": SYMBOL,
        "timeframe": TIMEFRAME,
        "quantity": Decimal(10),
        "average_price": Decimal("190.00"),
    }
    return _build(PositionAdopted, defaults, changes)


def a_split(**changes: object) -> PositionSplit:
    """Return a split of one share into four, of 25 shares in the ordinary book."""
    part = SplitPart(timeframe=TIMEFRAME, before=Decimal(25), after=Decimal(100))
    return _build(PositionSplit, {"symbol": SYMBOL, "parts": (part,)}, changes)


def a_position(**changes: object) -> PositionSnapshot:
    defaults: dict[str, object] = {
        "symbol": SYMBOL,
        "quantity": Decimal(25),
        "average_price": Decimal("200.00"),
        "current_price": Decimal("201.00"),
        "market_value": Decimal("5025.00"),
        "unrealized_pl": Decimal("25.00"),
        "external": Decimal(0),
    }
    return PositionSnapshot.model_validate(defaults | changes)


def an_account_snapshot(**changes: object) -> AccountSnapshotTaken:
    defaults: dict[str, object] = {
        "cash": Decimal("95000.00"),
        "equity": Decimal("100025.00"),
        "last_equity": Decimal("100000.00"),
        "buying_power": Decimal("190000.00"),
        "positions": (a_position(),),
    }
    return _build(AccountSnapshotTaken, defaults, changes)


def a_config_row(**changes: object) -> ConfigRow:
    defaults: dict[str, object] = {
        "symbol": SYMBOL,
        "timeframe": TIMEFRAME,
        "position_size": Decimal(5000),
        "active": True,
    }
    return ConfigRow.model_validate(defaults | changes)


def a_config_problem(**changes: object) -> ConfigProblem:
    defaults: dict[str, object] = {
        "row": 3,
        "symbol": "MSFT",
        "timeframe": "soon",
        "message": "The timeframe is not one: 'soon'.",
    }
    return ConfigProblem.model_validate(defaults | changes)


def a_config_changed(**changes: object) -> ConfigChanged:
    return _build(ConfigChanged, {"version": 1, "rows": (a_config_row(),)}, changes)


def a_status_written(**changes: object) -> StatusWritten:
    defaults: dict[str, object] = {
        "symbol": SYMBOL,
        "timeframe": TIMEFRAME,
        "status": RowStatus.FILLED,
    }
    return _build(StatusWritten, defaults, changes)


def a_performance_requested(**changes: object) -> PerformanceRequested:
    return _build(PerformanceRequested, {}, changes)


def a_performance_row(**changes: object) -> PerformanceRow:
    defaults: dict[str, object] = {
        "symbol": SYMBOL,
        "total_trades": 3,
        "winning_trades": 2,
        "losing_trades": 1,
        "total_pnl": Decimal("250.50"),
        "best_trade": Decimal("200.25"),
        "worst_trade": Decimal("-49.75"),
    }
    return PerformanceRow.model_validate(defaults | changes)


def a_performance_updated(**changes: object) -> PerformanceUpdated:
    return _build(PerformanceUpdated, {"rows": (a_performance_row(),)}, changes)


def a_performance_written(**changes: object) -> PerformanceWritten:
    return _build(PerformanceWritten, {}, changes)


def an_alarm(**changes: object) -> AlarmRaised:
    defaults: dict[str, object] = {
        "service": "sheets",
        "code": "sheet_unreadable",
        "message": "The Config tab cannot be read: share it with the service account.",
    }
    return _build(AlarmRaised, defaults, changes)


def a_halt(**changes: object) -> TradingHalted:
    defaults: dict[str, object] = {
        "symbol": SYMBOL,
        "timeframe": TIMEFRAME,
        "reason": "ordered by a person",
    }
    return _build(TradingHalted, defaults, changes)


def a_resumption(**changes: object) -> TradingResumed:
    return _build(TradingResumed, {"symbol": None, "timeframe": None}, changes)


def _build_request(kind: type[EventT], changes: dict[str, object]) -> EventT:
    event_id = uuid4()
    scope: dict[str, object] = {"symbol": None, "timeframe": None}
    return _build(kind, {"event_id": event_id, "correlation_id": event_id, **scope}, changes)


def a_halt_request(**changes: object) -> HaltRequested:
    """Return an order to halt everything."""
    return _build_request(HaltRequested, {"reason": "ordered by a person"} | changes)


def a_resume_request(**changes: object) -> ResumeRequested:
    return _build_request(ResumeRequested, changes)


def a_flatten_request(**changes: object) -> FlattenRequested:
    return _build_request(FlattenRequested, {"reason": "ordered by a person"} | changes)


def a_replay_request(**changes: object) -> ReplayRequested:
    event_id = uuid4()
    defaults: dict[str, object] = {
        "event_id": event_id,
        "correlation_id": event_id,
        "letter": "9f86d081884c7d65",
        "queue": "executor.signals.3",
        "message": "signal.received.v1",
        "reason": "ordered by a person",
    }
    return _build(ReplayRequested, defaults, changes)


def a_trial_request(**changes: object) -> TrialRequested:
    event_id = uuid4()
    defaults: dict[str, object] = {
        "event_id": event_id,
        "correlation_id": event_id,
        "reason": "ordered by a person",
    }
    return _build(TrialRequested, defaults, changes)


def a_positions_request(**changes: object) -> PositionsRequested:
    return _build(PositionsRequested, {}, changes)


def a_positions_report(**changes: object) -> PositionsReported:
    return _build(PositionsReported, {"positions": (a_position(),)}, changes)


def a_config_request(**changes: object) -> ConfigRequested:
    return _build(ConfigRequested, {}, changes)


def a_bars_request(**changes: object) -> BarsRequested:
    defaults: dict[str, object] = {
        "symbol": "SPY",
        "timeframe": "1 Day",
        "start": NOON - timedelta(days=7),
        "end": NOON,
    }
    return _build(BarsRequested, defaults, changes)


def a_bar(**changes: object) -> Bar:
    defaults: dict[str, object] = {
        "start": NOON,
        "open": Decimal(670),
        "high": Decimal(675),
        "low": Decimal(668),
        "close": Decimal(672),
    }
    return Bar.model_validate(defaults | changes)


def a_bars_report(**changes: object) -> BarsReported:
    defaults: dict[str, object] = {"symbol": "SPY", "timeframe": "1 Day", "bars": (a_bar(),)}
    return _build(BarsReported, defaults, changes)


def a_preview_request(**changes: object) -> PreviewRequested:
    defaults: dict[str, object] = {
        "action": Action.BUY,
        "symbol": SYMBOL,
        "timeframe": TIMEFRAME,
        "alert_at": NOON,
    }
    return _build(PreviewRequested, defaults, changes)


def a_preview(**changes: object) -> PreviewReported:
    order = PreviewedOrder(leg=Leg.OPEN, side=Side.BUY, quantity=Decimal(25), notional=None)
    return _build(PreviewReported, {"held": Decimal(0), "orders": (order,)}, changes)
