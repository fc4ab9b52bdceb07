"""What a decision about a signal may depend on: frozen values, nothing that acts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from novalgo_common.events import Action, ConfigRow, Leg, OrderStatus
from novalgo_executor.broker import Asset, MarketHours, OrderRequest, Quote
from novalgo_executor.halts import Halt
from novalgo_executor.limits import Limits, Usage

ZERO = Decimal(0)
NO_LIMITS = Limits()
NO_USAGE = Usage(orders_last_minute=0, gross_exposure=ZERO)


class Conflict(StrEnum):
    """What becomes of an entry against another book of its symbol."""

    NET = "net"
    REFUSE = "refuse"


class WhenClosed(StrEnum):
    """What becomes of an entry while the market is closed."""

    QUEUE = "queue"
    REJECT = "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The owner's choices."""

    max_signal_age: timedelta
    when_closed: WhenClosed = WhenClosed.QUEUE
    conflict: Conflict = Conflict.NET
    grace: timedelta = timedelta(seconds=15)
    """How long an order of unknown outcome is looked for before it is given up as unknown."""
    patience: timedelta = timedelta(seconds=5)
    """How long an order may rest before a newer signal of its book cancels it."""
    stream_lag: timedelta = timedelta(seconds=2)
    """How long the stream gets to tell the fills of an order that is known to have ended."""
    entry_patience: timedelta = timedelta(seconds=120)
    """How long an entry that has filled in part may rest in an open market."""
    limits: Limits = NO_LIMITS
    max_config_age: timedelta | None = None
    """How long the Config tab may not have been seen before entries stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A stored signal."""

    signal_id: UUID
    sequence: int
    action: Action
    symbol: str
    timeframe: str
    fired_at: datetime
    """The alert's own time where it gave one, else when ingest received it."""
    price: Decimal | None = None
    """The alert's own price."""
    decided: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A stored intent and what is known of its order."""

    request: OrderRequest
    signal_id: UUID
    timeframe: str
    action: Action
    leg: Leg
    part: int
    leg_quantity: Decimal | None
    """Shares that the whole leg is to move; None for a dollar order, which has but one part."""
    sent: bool
    """Whether it may have left; a status UNKNOWN that was not sent may be sent."""
    status: OrderStatus
    order_id: str | None
    filled_quantity: Decimal
    counted_quantity: Decimal
    """The part of the filled quantity whose fills are in the book."""
    created_at: datetime
    missing_since: datetime | None
    """Since when the broker has been denying that it knows the order."""
    ended_at: datetime | None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that a decision about one signal may depend on."""

    row: ConfigRow | None
    row_problem: str | None
    config_version: int | None
    """None while no configuration was ever received."""
    held: Decimal
    """Signed shares in the signal's book."""
    other_books: tuple[Decimal, ...]
    """Signed shares in the other books of the symbol that hold any."""
    external: Decimal
    """Signed shares at the broker that no book holds."""
    only_book: bool
    """Whether no other row of the symbol can trade."""
    orders: tuple[Order, ...]
    """This signal's own, in the order of their making."""
    resting: tuple[Order, ...]
    """Open orders of other signals of the symbol."""
    unsent: tuple[Order, ...]
    """Intents of other signals of the symbol that have yet to leave."""
    moving: tuple[Order, ...]
    """Orders of other signals of the symbol that are open, or whose fills are not all counted."""
    newer_waits: bool
    """Whether a newer signal of the book has arrived."""
    hours: MarketHours
    age: timedelta = timedelta()
    """Of the signal, or of what it waited for: a reversal's own close."""
    open_since: datetime | None = None
    """Since when the market is known to have been open."""
    compared: bool = True
    """Whether the books were compared with the broker lately."""
    halt: Halt | None = None
    """A halt that covers the book."""
    usage: Usage = NO_USAGE
    asset: Asset | None = None
    quote: Quote | None = None
    quote_missing: bool = False
    """Whether Alpaca was asked and has none."""
    config_read_at: datetime | None = None
    """When the Config tab was last seen; None where nobody says."""
    equity: Decimal = ZERO
    """Dollars, as of the last comparison with the broker."""
    last_entry: datetime | None = None
    """When the book was last opened, where its row has a cooldown."""
    denied_for: timedelta | None = None
    """How long the broker has been denying the order of unknown outcome; None where it did not just
    now."""
    broker_position: Decimal | None = None
    """The netted position as the broker just stated it; None where it was not asked."""

    @property
    def net(self) -> Decimal:
        return self.held + sum(self.other_books, ZERO) + self.external


def time_since(moment: datetime, now: datetime) -> timedelta:
    """Return how long ago a stored moment is.

    One that lies ahead was stored before our clock was set back.  It counts as past by as much: too
    long rather than too short, so that nothing stands still until the clock has caught up.
    """
    return abs(now - moment)


def is_only_row(signal: Signal, rows: Sequence[ConfigRow]) -> bool:
    """Return whether no other active row has the signal's symbol."""
    return not any(
        row.active and row.symbol == signal.symbol and row.timeframe != signal.timeframe
        for row in rows
    )
