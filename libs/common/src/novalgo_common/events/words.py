"""The words of the contract: each means the same in code, events, metrics, sheet and docs."""

from enum import StrEnum


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


class CashKind(StrEnum):
    """Why cash came or went without a trade."""

    TRANSFER = "transfer"  #: the owner, or the broker for them, moved money in or out
    DIVIDEND = "dividend"  #: less what was withheld of it
    INTEREST = "interest"
    FEE = "fee"
    OTHER = "other"  #: such as cash for shares in a merger


class Sizing(StrEnum):
    """What a row's position_size counts."""

    DOLLARS = "dollars"
    SHARES = "shares"
    PERCENT = "percent"  #: of the account's equity
    RISK = "risk"  #: dollars lost where the price goes `stop_distance` against the entry
