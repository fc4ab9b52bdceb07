"""The account as Alpaca states it."""

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from novalgo_common.events.event import Amount, Event, added_later
from novalgo_common.events.words import CashKind
from novalgo_common.symbols import Symbol
from novalgo_common.timeframes import Timeframe


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


class LimitState(BaseModel):
    """A limit that the owner has set, and how much of it is used."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    most: Amount
    used: Amount | None
    """None where a snapshot cannot tell."""


class AccountSnapshotTaken(Event):
    """The account as Alpaca states it, after a reconciliation."""

    type: Literal["account.snapshot.v1"] = "account.snapshot.v1"
    cash: Amount
    equity: Amount
    last_equity: Amount
    buying_power: Amount
    positions: tuple[PositionSnapshot, ...]
    gross_value: Amount | None = Field(default=None, exclude_if=lambda value: value is None)
    """Dollars in longs and shorts together, where an old journal has left the positions out."""
    limits: tuple[LimitState, ...] | None = added_later()
    moved: Amount | None = added_later()
    """Signed dollars that the owner moved in or out since the close before, where any were."""

    @property
    def earned(self) -> Decimal:
        """Dollars since the close before: what was moved is neither earned nor lost."""
        return self.equity - self.last_equity - (self.moved or 0)


class CashMoved(Event):
    """Cash came to the account, or left it, without a trade.  It occurred when it was booked."""

    type: Literal["cash.moved.v1"] = "cash.moved.v1"
    kind: CashKind
    amount: Amount
    """Signed dollars: what it adds to the cash."""
    symbol: Symbol | None
    """Whose dividend or fee it is, where the broker says so."""
    activity: str
    """The broker's own word, such as FEE, DIV or CSD."""
    activity_id: str


class PositionAdopted(Event):
    """Shares that no fill explains were added to a book, or to the external remainder.

    They were there before NovAlgo, or came or went by a reset, a transfer.
    """

    type: Literal["position.adopted.v1"] = "position.adopted.v1"
    symbol: Symbol
    timeframe: Timeframe | None
    """The book; None where the position stays external."""
    quantity: Amount
    """Signed shares; against the holding where shares went."""
    average_price: Amount
    """What the broker states they cost; zero where it states no position any more."""


class SplitPart(BaseModel):
    """What a split made of one holder's shares."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    timeframe: Timeframe | None
    """The book; None for the external remainder."""
    before: Amount
    """Signed shares."""
    after: Amount


class PositionSplit(Event):
    """A symbol's shares were split or merged: other quantities at the same total cost."""

    type: Literal["position.split.v1"] = "position.split.v1"
    symbol: Symbol
    parts: tuple[SplitPart, ...]
    """Every holder that had shares."""
