"""A made-up history of trading, as the journal would hold it: repeatable, and of any length."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from novalgo_common.events import (
    AccountSnapshotTaken,
    Bar,
    Ending,
    Event,
    FillRecorded,
    Leg,
    Reason,
    Side,
)
from tests.builders import (
    a_fill,
    a_signal,
    a_signal_decided,
    a_signal_ended,
    a_status_written,
    an_account_snapshot,
    an_order_submitted,
)

NEW_YORK = ZoneInfo("America/New_York")
SYMBOLS = ("AAPL", "AMD", "AMZN", "COIN", "GOOG", "META", "MSFT", "NVDA", "QQQ", "TSLA")
START = Decimal(100_000)
OPEN = time(9, 35)
COMMIT = timedelta(milliseconds=4)
CENT = Decimal("0.01")


class History:
    """Yields the events of so many trading days up to a day, each symbol some trades a day."""

    def __init__(self, seed: int = 7, *, trades_a_day: int = 12) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - repeatable
        self._trades_a_day = trades_a_day
        self._prices = {symbol: 60 + 40 * self._chance.random() * 8 for symbol in SYMBOLS}
        self.equity = START

    def events(self, days: list[date]) -> Iterator[Event]:
        """Yield everything that happened on these days, in order."""
        for day in days:
            before = self.equity
            for number in range(self._trades_a_day):
                yield from self._trade(day, number)
            yield self._statement(day, before)

    def fills(self, days: list[date]) -> Iterator[FillRecorded]:
        """Yield the fills alone."""
        yield from (each for each in self.events(days) if isinstance(each, FillRecorded))

    def closes(self, days: list[date]) -> list[Bar]:
        """Return daily bars of a benchmark that drifts upwards."""
        price, found = 500.0, []
        for day in [days[0] - timedelta(days=1), *days]:
            price *= 1 + self._chance.gauss(0.0004, 0.008)
            amount = Decimal(price).quantize(CENT)
            start = datetime.combine(day, time.min, NEW_YORK)
            found.append(Bar(start=start, open=amount, high=amount, low=amount, close=amount))
        return found

    def _trade(self, day: date, number: int) -> Iterator[Event]:
        chance = self._chance
        symbol = chance.choice(SYMBOLS)
        minutes = number * 330 // max(1, self._trades_a_day)
        entered = datetime.combine(day, OPEN, NEW_YORK) + timedelta(minutes=minutes)
        left = entered + timedelta(minutes=chance.randint(6, 55))
        own: dict[str, object] = {
            "symbol": symbol,
            "timeframe": chance.choice(["5 Min", "15 Min", "1 Hour"]),
        }
        is_long = chance.random() < 0.6
        moved = chance.gauss(0.0006, 0.009) + (0.002 if entered.hour < 11 else -0.0008)
        price = self._prices[symbol]
        after = price * (1 + (moved if is_long else -moved))
        self._prices[symbol] = max(5.0, after * (1 + chance.gauss(0, 0.004)))
        quantity = Decimal(round(5000 / price, 6 if is_long else 0) or 1).quantize(CENT**3)
        sides = (Side.BUY, Side.SELL) if is_long else (Side.SELL, Side.BUY)
        prices = [Decimal(each).quantize(CENT) for each in (price, after)]
        for leg, side, at, paid in zip(
            (Leg.OPEN, Leg.CLOSE), sides, (entered, left), prices, strict=True
        ):
            yield from self._leg(leg, side, at, paid, {"quantity": quantity, **own})
        signed = quantity if is_long else -quantity
        self.equity += signed * (prices[1] - prices[0])
        if chance.random() < 0.2:
            yield from self._declined(left, own)

    def _leg(
        self, leg: Leg, side: Side, at: datetime, paid: Decimal, own: dict[str, object]
    ) -> Iterator[Event]:
        chance = self._chance
        shares = {"quantity": own["quantity"]}
        own = {name: value for name, value in own.items() if name != "quantity"}
        slip = Decimal(chance.gauss(0.0002, 0.0003) * float(paid)).quantize(CENT)
        quote = paid - slip if side is Side.BUY else paid + slip
        signal = a_signal(
            event_id=self._id(),
            alert_at=at,
            occurred_at=at + timedelta(milliseconds=chance.randint(180, 1400)),
            price=quote,
            **own,
        )
        signal = signal.model_copy(update={"stored_at": signal.occurred_at + COMMIT})
        cause: dict[str, object] = {"correlation_id": signal.event_id, **own}
        order = f"nv-{signal.event_id.hex}-{leg.value}"
        submitted = signal.occurred_at + timedelta(milliseconds=chance.randint(60, 350))
        filled = submitted + timedelta(milliseconds=chance.randint(40, 900))
        yield signal
        yield a_signal_decided(event_id=self._id(), occurred_at=submitted, **cause)
        yield an_order_submitted(
            event_id=self._id(),
            occurred_at=submitted,
            leg=leg,
            side=side,
            client_order_id=order,
            quote_price=quote,
            **shares,
            **cause,
        )
        yield a_fill(
            event_id=self._id(),
            filled_at=filled,
            occurred_at=filled,
            client_order_id=order,
            order_id=order,
            leg=leg,
            side=side,
            price=paid,
            **shares,
            **cause,
        )
        yield a_signal_ended(event_id=self._id(), occurred_at=filled, **cause)
        shown = filled + timedelta(milliseconds=chance.randint(300, 2600))
        yield a_status_written(event_id=self._id(), occurred_at=shown, **cause)

    def _declined(self, at: datetime, own: dict[str, object]) -> Iterator[Event]:
        signal = a_signal(event_id=self._id(), alert_at=at, occurred_at=at, **own)
        yield signal
        yield a_signal_ended(
            event_id=self._id(),
            occurred_at=at,
            correlation_id=signal.event_id,
            ending=Ending.DECLINED,
            reason=self._chance.choice([Reason.ALREADY_LONG, Reason.TOO_SMALL, Reason.HALTED]),
            **own,
        )

    def _statement(self, day: date, before: Decimal) -> AccountSnapshotTaken:
        return an_account_snapshot(
            event_id=self._id(),
            occurred_at=datetime.combine(day, time(16, 1), NEW_YORK),
            cash=self.equity,
            equity=self.equity,
            last_equity=before,
            positions=(),
        )

    def _id(self) -> UUID:
        return UUID(int=self._chance.getrandbits(128), version=4)
