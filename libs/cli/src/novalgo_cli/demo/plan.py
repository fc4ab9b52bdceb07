"""The demo's trading day, decided in advance.  Pure: the same seed gives the same day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from random import Random
from typing import TypeAlias

from novalgo_cli.demo import rows
from novalgo_cli.demo.alert import Alert, Answer, an_alert, malformed, with_wrong_secret
from novalgo_cli.demo.rows import MINUTES, ORDINARY, Book

OPEN, CLOSE = 0, 390
"""Minutes since 9:30 in New York."""
BURST_AT = 180
BURST = 100
"""How many alerts arrive at one instant."""
LAST_BARS_AT = 360
ALERTS = 110
"""Alerts of the ordinary charts, apart from the burst and the last bars."""


@dataclass(frozen=True, slots=True)
class Send:
    """These alerts one after the other; of several charts, each chart's side by side."""

    at: int
    alerts: tuple[Alert, ...]
    together: bool = False


@dataclass(frozen=True, slots=True)
class EditSheet:
    """The owner changes a cell of the Config tab."""

    at: int
    book: Book
    column: str
    value: str
    tells: str


@dataclass(frozen=True, slots=True)
class Settle:
    """Wait until every signal has its ending."""

    at: int


@dataclass(frozen=True, slots=True)
class CloseMarket:
    """Prices stand still from here on, and orders wait for the next open."""

    at: int


Step: TypeAlias = Send | EditSheet | Settle | CloseMarket


def plan_day(seed: int) -> tuple[Step, ...]:
    """Return the steps of the day in the order of their times."""
    chance = Random(seed)  # noqa: S311 - a game, no secret
    numbers = count(1)
    steps = [
        *_ordinary(chance, numbers),
        *_special(chance, numbers),
        *_edits(numbers),
        Send(BURST_AT, _burst(chance, numbers), together=True),
    ]
    # Sorting is stable: what was planned first of one minute stays first.
    return (*sorted(steps, key=lambda step: step.at), *_last_bars(numbers))


def _ordinary(chance: Random, numbers: Iterator[int]) -> Iterator[Step]:
    """Yield each chart's alerts at the closes of its bars, now and then one sent twice."""
    bars = sorted((_bar_close(chance, book), book) for book in chance.choices(ORDINARY, k=ALERTS))
    positions: dict[Book, str] = {}
    for at, book in bars:
        action = _next_action(chance, positions.get(book, "CLOSE"))
        positions[book] = action
        alert = an_alert(next(numbers), action, book)
        yield Send(at, _perhaps_resent(chance, alert))


def _bar_close(chance: Random, book: Book) -> int:
    minutes = MINUTES[book[1]]
    return minutes * chance.randint(1, LAST_BARS_AT // minutes - 1)


def _next_action(chance: Random, position: str) -> str:
    """Return what a strategy does next: it turns, leaves, or says again what it said before."""
    choices = {
        "CLOSE": (("BUY", 55), ("SELL", 45)),
        "BUY": (("CLOSE", 45), ("SELL", 35), ("BUY", 20)),
        "SELL": (("CLOSE", 45), ("BUY", 35), ("SELL", 20)),
    }[position]
    actions, weights = zip(*choices, strict=True)
    return str(chance.choices(actions, weights)[0])


def _perhaps_resent(chance: Random, alert: Alert) -> tuple[Alert, ...]:
    return (alert, _resent(alert)) if chance.random() < 0.12 else (alert,)


def _resent(alert: Alert) -> Alert:
    return replace(alert, expected=Answer.DUPLICATE)


def _special(chance: Random, numbers: Iterator[int]) -> Iterator[Step]:
    """Yield what goes wrong on such a day."""

    def at_any_time(alert: Alert) -> Send:
        return Send(chance.randint(5, LAST_BARS_AT - 5), (alert,))

    for _ in range(4):
        yield at_any_time(with_wrong_secret(next(numbers), "BUY", chance.choice(ORDINARY)))
    for _ in range(5):
        yield at_any_time(malformed(next(numbers), chance.choice(ORDINARY)))
    for book in (rows.INACTIVE, rows.BAD, *rows.MISSING):
        for action in ("BUY", "SELL"):
            yield at_any_time(an_alert(next(numbers), action, book, Answer.SKIPPED))
    for book in (rows.TOO_SMALL, rows.UNSHORTABLE):
        for action in ("SELL", "BUY", "CLOSE"):
            yield at_any_time(an_alert(next(numbers), action, book))


def _edits(numbers: Iterator[int]) -> Iterator[Step]:
    off = rows.SWITCHED_OFF
    for at, action in ((45, "BUY"), (105, "SELL"), (165, "BUY")):
        yield Send(at, (an_alert(next(numbers), action, off),))
    yield EditSheet(120, rows.RESIZED, "position_size", "9000", "META 30 Min is now worth $9,000")
    yield EditSheet(240, off, "active", "FALSE", "INTC 15 Min is switched off")
    yield Send(255, (an_alert(next(numbers), "SELL", off, Answer.SKIPPED),))
    yield Send(270, (an_alert(next(numbers), "CLOSE", off),))


def _burst(chance: Random, numbers: Iterator[int]) -> tuple[Alert, ...]:
    """Return 100 alerts of one instant: of 20 charts each an exit, an entry and three resends."""
    charts = (*ORDINARY, rows.UNSHORTABLE, rows.TOO_SMALL, rows.SWITCHED_OFF)
    alerts: list[Alert] = []
    for book in charts:
        exit_ = an_alert(next(numbers), "CLOSE", book)
        entry = an_alert(next(numbers), chance.choice(("BUY", "SELL")), book)
        alerts += [exit_, entry, _resent(exit_), _resent(entry), _resent(entry)]
    return tuple(alerts)


def _last_bars(numbers: Iterator[int]) -> Iterator[Step]:
    """Yield an end of the day at which every Order Status is to be seen."""

    def alerts(actions: Sequence[tuple[str, Book]]) -> tuple[Alert, ...]:
        return tuple(an_alert(next(numbers), action, book) for action, book in actions)

    already_long, already_short = ("AAPL", "15 Min"), ("TSLA", "30 Min")
    closed, filled, queued = ("GOOGL", "15 Min"), ("QQQ", "15 Min"), ("NFLX", "30 Min")
    yield Settle(LAST_BARS_AT)
    before = [
        ("BUY", already_long),
        ("SELL", already_short),
        ("BUY", closed),
        ("CLOSE", filled),
        ("CLOSE", queued),
        ("CLOSE", rows.UNSHORTABLE),
    ]
    yield Send(LAST_BARS_AT, alerts(before), together=True)
    yield Settle(375)
    last = [
        ("BUY", already_long),
        ("SELL", already_short),
        ("CLOSE", closed),
        ("BUY", filled),
        ("SELL", rows.UNSHORTABLE),
    ]
    yield Send(375, alerts(last), together=True)
    yield Settle(CLOSE)
    yield CloseMarket(CLOSE)
    yield Send(CLOSE, alerts([("BUY", queued)]))
