"""What executor needs of a broker: the port, and what crosses it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, TypeAlias

from novalgo_common.errors import UnavailableError
from novalgo_common.events import Bar, CashKind, OrderStatus, Side


class KeysRefusedError(UnavailableError):
    """The broker refuses whoever asks, not what is asked: a person must look at the keys."""


class PositionIntent(StrEnum):
    """What an order does to the account's netted position.  Alpaca refuses one that is untrue."""

    BUY_TO_OPEN = "buy_to_open"
    BUY_TO_CLOSE = "buy_to_close"
    SELL_TO_OPEN = "sell_to_open"
    SELL_TO_CLOSE = "sell_to_close"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """A market order for the day.  Exactly one of quantity and notional is given."""

    client_order_id: str
    symbol: str
    side: Side
    quantity: Decimal | None
    notional: Decimal | None
    position_intent: PositionIntent

    @property
    def is_closing(self) -> bool:
        """Whether it takes shares away from the account's position."""
        return self.position_intent in (PositionIntent.BUY_TO_CLOSE, PositionIntent.SELL_TO_CLOSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerOrder:
    """An order as the broker states it."""

    order_id: str
    client_order_id: str
    symbol: str
    side: Side
    status: OrderStatus
    filled_quantity: Decimal
    filled_average_price: Decimal | None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerFill:
    """One execution.  `cumulative` is the order's filled quantity after it."""

    order_id: str
    symbol: str
    side: Side
    quantity: Decimal
    cumulative: Decimal
    price: Decimal
    filled_at: datetime
    execution_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """The exchange undid an execution.  As a correction it names what stands in its place."""

    undoing_id: str
    """A correction's is the id of the execution as it now stands."""
    execution_id: str | None
    """What is undone."""
    order_id: str
    quantity: Decimal
    """A bust's is that of the execution that it undoes; a correction's is the new one."""
    price: Decimal
    is_correction: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class SplitNotice:
    """`ratio` new shares of a symbol for each old one."""

    symbol: str
    ratio: Decimal


AccountEvent: TypeAlias = Undoing | SplitNotice


@dataclass(frozen=True, slots=True, kw_only=True)
class CashActivity:
    """Cash that came or went without a trade."""

    activity_id: str
    activity: str
    """The broker's own word."""
    kind: CashKind
    amount: Decimal
    """Signed dollars."""
    symbol: str | None
    booked_at: datetime
    is_cancelled: bool = False
    """Whether it stands no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerPosition:
    """A symbol's netted position; the quantity is negative when short."""

    symbol: str
    quantity: Decimal
    average_price: Decimal
    current_price: Decimal | None
    market_value: Decimal | None
    unrealized_pl: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    account_number: str
    cash: Decimal
    equity: Decimal
    last_equity: Decimal
    buying_power: Decimal
    blocked: str | None
    """Why the account may not trade now, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    symbol: str
    tradable: bool
    fractionable: bool
    shortable: bool
    """Shortable and easy to borrow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    bid: Decimal
    ask: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketHours:
    """The session by the broker's own clock."""

    is_open: bool
    next_open: datetime
    next_close: datetime


# --- what a submit can come to -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Accepted:
    order: BrokerOrder


@dataclass(frozen=True, slots=True)
class Refused:
    """Definitive: the broker has no such order and says why."""

    detail: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """Definitive: no byte left, or the broker took nothing for now.  It may be sent later."""

    detail: str
    retry_after: float


@dataclass(frozen=True, slots=True)
class Unsure:
    """The broker may or may not have the order: only a look-up by its id can tell."""

    detail: str


SubmitOutcome: TypeAlias = Accepted | Refused | NotSent | Unsure


# --- what the stream can say ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Connected:
    """The stream is up (again).  What happened before is not told: reconcile."""


@dataclass(frozen=True, slots=True)
class OrderUpdate:
    order: BrokerOrder
    fill: BrokerFill | None


StreamNews: TypeAlias = Connected | OrderUpdate


class Broker(Protocol):
    """Every method but `submit` raises `UnavailableError` when no definite answer came."""

    async def submit(self, request: OrderRequest) -> SubmitOutcome:
        """Send the order once.  Never raises for what the broker or the network does."""

    async def find(self, client_order_id: str) -> BrokerOrder | None:
        """Return the order with this id, or None where the broker says that it has none."""

    async def order(self, order_id: str) -> BrokerOrder | None:
        """Return the order with the broker's own id."""

    async def cancel(self, order_id: str) -> None:
        """Ask for the rest of an order to be cancelled; one that has ended already is left."""

    async def orders(self, after: datetime) -> Sequence[BrokerOrder]:
        """Return the orders made after a time by our clock, open and ended, the newest first.

        Not all where there are very many, and a fresh one may be missing.
        """

    async def fills(self, after: datetime) -> Sequence[BrokerFill]:
        """Return the account's executions after a time by our clock, oldest first."""

    async def fills_of(self, order_id: str) -> Sequence[BrokerFill]:
        """Return the executions of one order."""

    async def events(self, after: datetime) -> Sequence[AccountEvent]:
        """Return what was undone or split after a time by our clock, oldest first."""

    async def positions(self) -> Sequence[BrokerPosition]: ...

    async def position(self, symbol: str) -> Decimal:
        """Return the netted position, zero where the broker says that there is none."""

    async def account(self) -> Account: ...

    async def hours(self) -> MarketHours: ...

    async def asset(self, symbol: str) -> Asset | None:
        """Return the asset, or None where the broker knows none of that symbol."""

    async def quotes(self, symbols: Sequence[str]) -> Mapping[str, Quote]:
        """Return the latest quotes of those symbols that have one."""

    def updates(self) -> AsyncIterator[StreamNews]:
        """Yield what the order stream says, for ever; it reconnects by itself."""


class PriceHistory(Protocol):
    async def bars(
        self, symbol: str, timeframe: str, start: datetime, end: datetime
    ) -> Sequence[Bar]:
        """Return a symbol's bars, oldest first; raise `UnavailableError` when none are to be had.

        The timeframe is a canonical one, such as `15 Min` or `1 Day`.
        """


class CashBook(Protocol):
    async def cash(self, after: datetime) -> Sequence[CashActivity]:
        """Return what moved cash without a trade and was booked after a time by our clock.

        Oldest first, with what was cancelled since; raise `UnavailableError` when no definite
        answer came.
        """
