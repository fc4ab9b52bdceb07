"""What one seed decides beforehand: rows, signals, the owner's edits, the hours, the crashes."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from novalgo_common.events import Action, ConfigRow, SignalReceived
from novalgo_executor.halts import Scope
from novalgo_executor.limits import Limits

START = datetime(2026, 11, 11, 15, 0, tzinfo=UTC)
SYMBOLS = ("AAPL", "MSFT", "NVDA", "WHOLE", "NOSHT")
TIMEFRAMES = ("5 Min", "15 Min", "1 Hour")
SIZES = tuple(Decimal(dollars) for dollars in ("90", "1000", "2500.005", "5000", "40000"))
ACTIONS = (Action.BUY, Action.BUY, Action.SELL, Action.SELL, Action.CLOSE)
PRICE = Decimal(200)
"""Dollars of a share at the beginning of a day."""
A_PERSONS_WORD = "a person's word"
"""The reason that a person gives for a halt."""
LENGTH = 100.0
"""Seconds of a day; then the faults stop."""


@dataclass(frozen=True, slots=True)
class Edit:
    """The whole Config tab, as it is from a moment on."""

    at: float
    rows: tuple[ConfigRow, ...]


@dataclass(frozen=True, slots=True)
class Trade:
    """Somebody trades by hand."""

    at: float
    symbol: str
    quantity: Decimal
    """Signed."""


@dataclass(frozen=True, slots=True)
class Command:
    """What the owner orders: "halt", "resume" or "flatten"."""

    at: float
    verb: str
    scope: Scope
    over_the_bus: bool
    """Else by a call, which reaches executor only while it runs."""


@dataclass(frozen=True, slots=True)
class Befall:
    """The exchange undoes or corrects a symbol's newest execution, or splits its shares.

    Or Alpaca resets the whole account.
    """

    at: float
    what: str
    """"bust", "correct", "split" or "reset"."""
    symbol: str
    ratio: Decimal


@dataclass(frozen=True, slots=True)
class Day:
    signals: tuple[tuple[float, SignalReceived], ...]
    edits: tuple[Edit, ...]
    trades: tuple[Trade, ...]
    commands: tuple[Command, ...]
    befalls: tuple[Befall, ...]
    closed: tuple[tuple[float, float], ...]
    """The times in which the market is closed."""
    outages: tuple[tuple[float, float], ...]
    """The times in which Alpaca answers nothing."""
    revoked: tuple[tuple[float, float], ...]
    """The times in which Alpaca refuses the keys."""
    unstated: tuple[tuple[float, float], ...]
    """The times in which Alpaca states no positions."""
    are_splits_told: bool
    limits: Limits
    clock_steps: tuple[tuple[float, timedelta], ...]
    crashes: frozenset[int]
    """The steps at which the process is killed."""
    symbols: tuple[str, ...]
    when_closed: str
    conflict: str


def plan(chance: random.Random) -> Day:
    """Return the day that this chance has in store."""
    symbols = tuple(chance.sample(SYMBOLS, chance.choice((1, 1, 2, 3))))
    books = [
        (symbol, timeframe)
        for symbol in symbols
        for timeframe in chance.sample(TIMEFRAMES, chance.choice((1, 1, 2, 3)))
    ]
    return Day(
        signals=_signals(chance, books),
        edits=_edits(chance, books),
        trades=_trades(chance, symbols),
        commands=_commands(chance, books),
        befalls=_befalls(chance, symbols),
        closed=_spans(chance, 0.3, longest=60),
        outages=_spans(chance, 0.3, longest=30),
        revoked=_spans(chance, 0.1, longest=30),
        unstated=_spans(chance, 0.1, longest=90),
        are_splits_told=chance.random() < 0.6,
        limits=_limits(chance),
        clock_steps=_clock_steps(chance),
        crashes=_crashes(chance),
        symbols=symbols,
        when_closed="reject" if chance.random() < 0.3 else "queue",
        conflict="refuse" if chance.random() < 0.3 else "net",
    )


def _signals(
    chance: random.Random, books: list[tuple[str, str]]
) -> tuple[tuple[float, SignalReceived], ...]:
    bursts = [chance.uniform(0, LENGTH * 0.9) for _ in range(3)]
    moments = sorted(
        chance.choice(bursts) + chance.expovariate(1 / 4)
        if chance.random() < 0.5
        else chance.uniform(0, LENGTH * 0.9)
        for _ in range(chance.randint(3, 14))
    )
    return tuple(
        (moment, _signal(chance, sequence, moment, *chance.choice(books)))
        for sequence, moment in enumerate(moments, start=1)
    )


def _signal(
    chance: random.Random, sequence: int, moment: float, symbol: str, timeframe: str
) -> SignalReceived:
    signal_id = UUID(int=chance.getrandbits(128), version=4)
    fired_at = START + timedelta(seconds=moment)
    late = chance.random() < 0.03
    return SignalReceived(
        event_id=signal_id,
        correlation_id=signal_id,
        occurred_at=fired_at,
        sequence=sequence,
        action=chance.choice(ACTIONS),
        symbol=symbol,
        timeframe=timeframe,
        alert_at=fired_at - timedelta(minutes=10) if late else fired_at,
        price=PRICE + chance.choice((-3, -1, 0, 1, 3)) if chance.random() < 0.5 else None,
    )


def _edits(chance: random.Random, books: list[tuple[str, str]]) -> tuple[Edit, ...]:
    later = sorted(chance.uniform(0, LENGTH) for _ in range(chance.choice((0, 1, 3))))
    return tuple(Edit(moment, _rows(chance, books)) for moment in (0.0, *later))


def _rows(chance: random.Random, books: list[tuple[str, str]]) -> tuple[ConfigRow, ...]:
    return tuple(
        ConfigRow(
            symbol=symbol,
            timeframe=timeframe,
            position_size=chance.choice(SIZES),
            active=chance.random() < 0.85,
        )
        for symbol, timeframe in books
        if chance.random() < 0.93
    )


def _trades(chance: random.Random, symbols: tuple[str, ...]) -> tuple[Trade, ...]:
    count = chance.choice((0, 0, 0, 1, 3))
    return tuple(
        Trade(
            at=chance.uniform(-10, LENGTH),
            symbol=chance.choice(symbols),
            quantity=Decimal(chance.choice((-20, -5, 5, 20))),
        )
        for _ in range(count)
    )


def _commands(chance: random.Random, books: list[tuple[str, str]]) -> tuple[Command, ...]:
    count = chance.choice((0, 0, 0, 1, 4))
    return tuple(
        Command(
            at=chance.uniform(0, LENGTH),
            verb=chance.choice(("halt", "resume", "flatten")),
            scope=chance.choice((Scope(), Scope(chance.choice(books)[0]))),
            over_the_bus=chance.random() < 0.5,
        )
        for _ in range(count)
    )


def _befalls(chance: random.Random, symbols: tuple[str, ...]) -> tuple[Befall, ...]:
    if chance.random() >= 0.25:
        return ()
    return tuple(
        Befall(
            at=chance.uniform(10, LENGTH),
            what=chance.choice(("bust", "correct", "split", "split", "reset")),
            symbol=chance.choice(symbols),
            ratio=Decimal(chance.choice(("2", "3", "1.5", "0.1", "0.25"))),
        )
        for _ in range(chance.choice((1, 1, 3)))
    )


def _limits(chance: random.Random) -> Limits:
    """Return limits that a day can come to: of two in three days none."""
    if chance.random() < 0.65:
        return Limits()

    def maybe(*values: str) -> Decimal | None:
        return Decimal(chance.choice(values)) if chance.random() < 0.3 else None

    streak = chance.choice((1, 2)) if chance.random() < 0.3 else None
    return Limits(
        orders_a_minute=chance.choice((1, 2, 4)) if chance.random() < 0.4 else None,
        order_dollars=maybe("1000", "4000"),
        gross_exposure=maybe("3000", "9000", "50000"),
        price_collar=maybe("0.2", "1"),
        day_loss=maybe("1", "10", "100"),
        drawdown=maybe("0.0005", "0.005"),
        losing_streak=streak,
    )


def _spans(
    chance: random.Random, likely: float, *, longest: float
) -> tuple[tuple[float, float], ...]:
    if chance.random() >= likely:
        return ()
    start = chance.uniform(-20, LENGTH)
    return ((start, min(LENGTH, start + chance.uniform(1, longest))),)


def _clock_steps(chance: random.Random) -> tuple[tuple[float, timedelta], ...]:
    if chance.random() >= 0.2:
        return ()
    steps = (-600.0, -60.0, -5.0, -0.5, 2.0, 60.0, 600.0)
    return ((chance.uniform(0, LENGTH), timedelta(seconds=chance.choice(steps))),)


def _crashes(chance: random.Random) -> frozenset[int]:
    count = chance.choice((0, 1, 2, 3, 6))
    return frozenset(chance.randint(1, chance.choice((100, 500, 1500))) for _ in range(count))
