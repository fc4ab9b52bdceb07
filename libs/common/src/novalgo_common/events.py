"""Every message on the bus.  This module is the contract between the services.

A published version never changes its meaning: add optional fields to it, or publish a new `.vN`
beside it until no consumer reads the old one.  Amounts are Decimals, written as strings; times are
aware.  An event's id is given by who makes it: a derived event takes `derived_id`, so that making
it again gives the same id and every consumer can drop the second.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID, uuid5

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
)

from novalgo_common.symbols import Symbol
from novalgo_common.timeframes import Timeframe


def _refuse_float(value: object) -> object:
    if isinstance(value, float):
        raise ValueError("an amount is a Decimal or its text, never a float")
    return value


Amount = Annotated[
    Decimal,
    BeforeValidator(_refuse_float),
    Field(allow_inf_nan=False),
    PlainSerializer(lambda amount: format(amount, "f"), return_type=str, when_used="json"),
]
"""Dollars, shares or a price: exact, finite, and on the wire a string."""


class Action(StrEnum):
    """The state that a signal asks its book to be in."""

    BUY = "BUY"  #: long
    SELL = "SELL"  #: short
    CLOSE = "CLOSE"  #: flat


class Side(StrEnum):
    BUY = "buy"
    SELL = "sell"


class Leg(StrEnum):
    """Which half of a move an order is."""

    CLOSE = "close"  #: towards zero
    OPEN = "open"  #: away from zero


class Ending(StrEnum):
    """How a signal ended.  Every accepted signal has exactly one."""

    FILLED = "filled"  #: its orders filled, the book is where the signal wanted it
    DECLINED = "declined"  #: refused by a rule of ours before any order
    FAILED = "failed"  #: an order was refused, ended short of its target, or is unaccounted for
    SUPERSEDED = "superseded"  #: a newer signal of the book arrived before this one started
    EXPIRED = "expired"  #: too old to act on when its turn came
    DEAD = "dead"  #: the message could not be handled and lies in the dead letters


class Reason(StrEnum):
    """Why a signal ended otherwise than filled.  `detail` says it in words."""

    ALREADY_LONG = "already_long"
    ALREADY_SHORT = "already_short"
    ALREADY_FLAT = "already_flat"
    ROW_INACTIVE = "row_inactive"
    ROW_MISSING = "row_missing"
    ROW_INVALID = "row_invalid"
    TOO_SMALL = "too_small"
    STALE = "stale"
    NEWER_SIGNAL = "newer_signal"
    NOT_TRADABLE = "not_tradable"
    NOT_SHORTABLE = "not_shortable"
    CONFLICT = "conflict"
    MARKET_CLOSED = "market_closed"
    NO_QUOTE = "no_quote"
    HALTED = "halted"
    ORDER_RATE = "order_rate"
    ORDER_TOO_LARGE = "order_too_large"
    EXPOSURE = "exposure"
    PRICE_COLLAR = "price_collar"
    BROKER_REFUSED = "broker_refused"
    ORDER_ENDED_SHORT = "order_ended_short"
    OUTCOME_UNKNOWN = "outcome_unknown"
    POSITION_MISMATCH = "position_mismatch"
    UNREADABLE = "unreadable"


class OrderStatus(StrEnum):
    """An order as NovAlgo sees it; Alpaca's many states fold into these."""

    UNKNOWN = "unknown"  #: it may or may not have reached the broker
    OPEN = "open"
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REJECTED = "rejected"

    @property
    def is_terminal(self) -> bool:
        return self not in (OrderStatus.UNKNOWN, OrderStatus.OPEN)


def derived_id(cause: UUID, name: str) -> UUID:
    """Return the id of the event called `name` that `cause` brings about, the same every time."""
    return uuid5(cause, name)


class Event(BaseModel):
    """A fact, named in the past tense.  Readers ignore fields that they do not know."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: str
    event_id: UUID
    occurred_at: AwareDatetime
    correlation_id: UUID
    """The signal (or request) that started the chain; the same in every event it causes."""

    @property
    def key(self) -> str:
        """Events of one key are delivered in the order of their publication."""
        return str(getattr(self, "symbol", None) or self.type)


# --- signals ---------------------------------------------------------------------------------


class SignalReceived(Event):
    """Ingest stored a strategy's signal.  `event_id` and `correlation_id` are the signal's id."""

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


# --- orders and fills --------------------------------------------------------------------------


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


class PositionAdopted(Event):
    """Shares that no fill explains were added to a book, or to the external remainder.

    They were there before NovAlgo, or came or went by a split, a reset, a transfer.
    """

    type: Literal["position.adopted.v1"] = "position.adopted.v1"
    symbol: Symbol
    timeframe: Timeframe | None
    """The book; None where the position stays external."""
    quantity: Amount
    """Signed shares; against the holding where shares went."""
    average_price: Amount
    """What the broker states they cost; zero where it states no position any more."""


# --- the account ---------------------------------------------------------------------------------


class PositionSnapshot(BaseModel):
    """One symbol's netted position at the broker."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    symbol: Symbol
    quantity: Amount
    """Signed shares."""
    average_price: Amount
    current_price: Amount | None
    market_value: Amount | None
    """Signed dollars."""
    unrealized_pl: Amount | None
    external: Amount
    """The part of the quantity that no book holds."""


class AccountSnapshotTaken(Event):
    """The account as Alpaca states it, after a reconciliation."""

    type: Literal["account.snapshot.v1"] = "account.snapshot.v1"
    cash: Amount
    equity: Amount
    last_equity: Amount
    buying_power: Amount
    positions: tuple[PositionSnapshot, ...]


# --- the sheet -----------------------------------------------------------------------------------


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


class RowStatus(StrEnum):
    """What a row's Order Status cell can say."""

    READY = "READY"
    ORDER_SUBMITTED = "ORDER SUBMITTED"
    FILLED = "FILLED"
    FAILED = "FAILED"
    WAITING = "WAITING"  #: closed, awaiting the next signal
    INACTIVE = "INACTIVE"
    ALREADY_LONG = "ALREADY LONG"
    ALREADY_SHORT = "ALREADY SHORT"


class StatusWritten(Event):
    """A row's Order Status stands in the sheet."""

    type: Literal["status.written.v1"] = "status.written.v1"
    symbol: Symbol
    timeframe: Timeframe
    status: RowStatus
    reason: str = ""


# --- performance -------------------------------------------------------------------------------


class PerformanceRow(BaseModel):
    """One symbol's closed trades over the window."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    symbol: Symbol
    total_trades: int
    winning_trades: int
    losing_trades: int
    total_pnl: Amount
    best_trade: Amount
    worst_trade: Amount


class PerformanceRequested(Event):
    """Somebody wants the Performance tab recomputed now."""

    type: Literal["performance.requested.v1"] = "performance.requested.v1"


class PerformanceUpdated(Event):
    """Analytics computed the Performance rows, the last 30 days."""

    type: Literal["performance.updated.v1"] = "performance.updated.v1"
    rows: tuple[PerformanceRow, ...]


class PerformanceWritten(Event):
    """The Performance tab shows the rows of the update with the same correlation id."""

    type: Literal["performance.written.v1"] = "performance.written.v1"


# --- halts ----------------------------------------------------------------------------------------


class TradingHalted(Event):
    """Entries stop, for everything, a symbol or a book, until a person resumes.  Exits go on."""

    type: Literal["trading.halted.v1"] = "trading.halted.v1"
    symbol: Symbol | None
    timeframe: Timeframe | None
    reason: str


class TradingResumed(Event):
    """A person lifted a halt."""

    type: Literal["trading.resumed.v1"] = "trading.resumed.v1"
    symbol: Symbol | None
    timeframe: Timeframe | None


# --- alarms ---------------------------------------------------------------------------------------


class AlarmRaised(Event):
    """Something needs the owner's attention."""

    type: Literal["alarm.raised.v1"] = "alarm.raised.v1"
    service: str
    code: str
    """A stable word, such as `sheet_unreadable`."""
    message: str
    """One sentence: what is wrong and what to do."""
    symbol: Symbol | None = None


# --- requests and their replies -----------------------------------------------------------------


class PositionsRequested(Event):
    """Asked of executor; answered with `PositionsReported`."""

    type: Literal["positions.requested.v1"] = "positions.requested.v1"


class PositionsReported(Event):
    type: Literal["positions.reported.v1"] = "positions.reported.v1"
    positions: tuple[PositionSnapshot, ...]


class ConfigRequested(Event):
    """Asked of sheets; answered with its last good `ConfigChanged`."""

    type: Literal["config.requested.v1"] = "config.requested.v1"


EVENTS: tuple[type[Event], ...] = (
    SignalReceived,
    SignalDecided,
    SignalEnded,
    OrderSubmitted,
    FillRecorded,
    OrderEnded,
    PositionAdopted,
    AccountSnapshotTaken,
    ConfigChanged,
    StatusWritten,
    PerformanceRequested,
    PerformanceUpdated,
    PerformanceWritten,
    TradingHalted,
    TradingResumed,
    AlarmRaised,
    PositionsRequested,
    PositionsReported,
    ConfigRequested,
)


def type_of(event: type[Event]) -> str:
    """Return the name that the event carries on the wire, such as `signal.received.v1`."""
    return str(event.model_fields["type"].default)
