"""The answers of the API that state the account: what it is worth, holds and earned."""

from datetime import datetime

from novalgo_analytics.page.api.words import Amount, Body


class Account(Body):
    """As the broker stated it last."""

    at: datetime
    cash: Amount
    equity: Amount
    last_equity: Amount
    buying_power: Amount


class Earnings(Body):
    realised_today: Amount
    realised: Amount
    unrealised: Amount


class Position(Body):
    """What is held of a symbol, beside what the fills add up to."""

    symbol: str
    quantity: Amount
    """By the broker's newest statement, and by the fills while one of them is newer."""
    counted: Amount
    external: Amount
    """The part that no book holds."""
    agrees: bool
    average_price: Amount | None
    current_price: Amount | None
    market_value: Amount | None
    unrealised: Amount


class Halt(Body):
    symbol: str | None
    timeframe: str | None
    reason: str
    since: datetime
