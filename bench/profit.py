"""Profit and loss: what a fill costs however many came before, a rebuild, and a long report."""

import asyncio
import json
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from bench.client import BenchError
from bench.figures import Aim, Comparison, Found, Growth
from bench.history import fill, fills, fresh, seed, settings
from bench.kept_open import kept_open
from bench.processor import processor_seconds
from bench.stage import Contender, Stage, take_turns
from novalgo_analytics.accounting.ledger import build
from novalgo_analytics.accounting.movement import Movement, movement_of_fill
from novalgo_analytics.bookkeeper import Bookkeeper
from novalgo_analytics.rebuilder import Rebuilder
from novalgo_analytics.store import Store
from novalgo_common.store import Database

FEWEST, FEW, MANY, MOST = 2_000, 10_000, 100_000, 1_000_000
MICROSECONDS, SECONDS = "µs a fill", "CPU seconds"
LARGEST = f"{MOST:,} fills take minutes: `python -m bench profit --largest` has them too."
TRIED = 100
MONTH, FIVE_YEARS = 21, 1260
TRADES_A_DAY = 8
LOOP = "pandas, a loop over the rows"


def measure(stage: Stage) -> list[Found]:
    sizes = (FEW, MANY, MOST) if stage.largest else (FEW, MANY)
    rooms = {count: _journaled(stage, count) for count in sizes}
    fill, ledgers = _one_fill(stage, rooms), _ledgers_by_size(stage, rooms)
    return [
        fill,
        ledgers,
        _from_the_journal(
            stage,
            rooms if stage.largest else {FEWEST: _journaled(stage, FEWEST), FEW: rooms[FEW]},
        ),
        Growth(
            title="What more fills cost",
            along="fills in the journal",
            figure="as the legend says",
            lines={
                figure: [
                    (count, series.spread(figure).middle)
                    for count, series in zip(sizes, comparison.series, strict=True)
                ]
                for figure, comparison in ((MICROSECONDS, fill), (SECONDS, ledgers))
            },
        ),
        _against_pandas(stage),
        _report(stage),
    ]


def _journaled(stage: Stage, count: int) -> Path:
    stage.tell(f"journaling {count:,} fills")
    room = stage.room(f"{count}")
    seed(room, count)
    return room


def _one_fill(stage: Stage, rooms: Mapping[int, Path]) -> Comparison:
    title = "A fill, by how many came before it"
    with ExitStack() as stack:
        contenders = [
            Contender(f"after {count:,}", stack.enter_context(_recording(room, count)), [])
            for count, room in rooms.items()
        ]
        series = take_turns(stage, title, contenders, 8)
    return Comparison(
        title=title,
        about=f"Journaled, derived from, committed, and in the ledgers.  {LARGEST}",
        series=series,
        aims=[Aim(series=f"after {max(rooms):,}", figure=MICROSECONDS, at_most=2)],
    )


def _ledgers_by_size(stage: Stage, rooms: Mapping[int, Path]) -> Comparison:
    title = "All ledgers from the store, as at a start"
    return Comparison(
        title=title,
        about=f"Every movement read and matched.  Linear would be {_linear(rooms)} times the "
        f"floor's.  {LARGEST}",
        series=take_turns(
            stage,
            title,
            [
                Contender(f"{count:,} fills", lambda c=count: _ledgers(rooms[c]), [])  # type: ignore[misc]
                for count in rooms
            ],
            9,
        ),
        aims=[Aim(series=_most(rooms), figure=SECONDS, at_most=1.2 * _linear(rooms))],
    )


def _from_the_journal(stage: Stage, rooms: Mapping[int, Path]) -> Comparison:
    title = "Everything derived from the journal again, and compared"
    return Comparison(
        title=title,
        about="`novalgo rebuild --replace`: every event read and derived from, kept, derived from "
        "a second time, and every row and ledger compared byte for byte.  Linear would be "
        f"{_linear(rooms)} times the floor's.  {LARGEST}",
        series=take_turns(
            stage,
            title,
            [
                Contender(
                    f"{count:,} fills",
                    lambda r=room: _derived(r),  # type: ignore[misc]
                    [],
                    times=3 if count == FEWEST else 1,
                )
                for count, room in rooms.items()
            ],
            15,
            least=1 if stage.largest else 6,
            warm=True,
        ),
        aims=[Aim(series=_most(rooms), figure=SECONDS, at_most=1.2 * _linear(rooms))],
    )


def _linear(rooms: Mapping[int, Path]) -> int:
    return max(rooms) // min(rooms)


def _most(rooms: Mapping[int, Path]) -> str:
    return f"{max(rooms):,} fills"


def _against_pandas(stage: Stage) -> Comparison:
    title = f"First in, first out over {FEW:,} fills"
    movements = [movement_of_fill(each) for each in fills(FEW)]
    frame = pd.DataFrame(
        [
            (each.symbol, each.timeframe, each.order, each.quantity, each.price, each.at)
            for each in movements
        ],
        columns=["symbol", "timeframe", "order", "quantity", "price", "at"],
    )
    ours = sum(ledger.account.realised for ledger in _built(movements))
    assert ours == _loop(frame), "the two do not earn the same"
    return Comparison(
        title=title,
        about="The same fills in memory, the same Decimals, the same two views: the account and "
        "each book, with what every fill closed.  Ours keeps average cost beside them.",
        series=take_turns(
            stage,
            title,
            [
                Contender(LOOP, lambda: _timed(lambda: _loop(frame)), []),
                Contender("NovAlgo's ledgers", lambda: _timed(lambda: _built(movements)), []),
            ],
            8,
            warm=True,
        ),
        aims=[Aim(series="NovAlgo's ledgers", figure=SECONDS, at_most=0.2)],
    )


def _report(stage: Stage) -> Comparison:
    title = "A report with its charts and tables"
    trades = TRADES_A_DAY if stage.largest else TRADES_A_DAY // 4
    rooms = {days: fresh(stage.room(f"{days} days"), days, trades) for days in (MONTH, FIVE_YEARS)}
    return Comparison(
        title=title,
        about=f"In a process of its own, with what it imports, {trades} trades a day (with "
        f"`--largest` {TRADES_A_DAY}).",
        series=take_turns(
            stage,
            title,
            [
                Contender(f"{days} days", lambda d=days: _written(rooms[d], d), [])  # type: ignore[misc]
                for days in (MONTH, FIVE_YEARS)
            ],
            14,
            warm=True,
        ),
        aims=[
            Aim(series=f"{FIVE_YEARS} days", figure=figure, at_most=most, of_floor=False)
            for figure, most in (("seconds", 20), ("peak MB", 300))
        ],
    )


@contextmanager
def _recording(room: Path, count: int) -> Iterator[Callable[[], Mapping[str, float]]]:
    with kept_open(Database.open(settings(room), "analytics")) as (database, run):
        store = Store(database, lambda: datetime.now(UTC))
        bookkeeper = Bookkeeper(store)
        run(bookkeeper.ledgers())

        async def work() -> float:
            taken = []
            for _ in range(TRIED):
                began = time.perf_counter()
                await store.record(fill(count + int(time.time_ns() // 1000) % 10**12))
                await bookkeeper.ledgers()
                taken.append(time.perf_counter() - began)
            return sorted(taken)[TRIED // 2]

        yield lambda: {MICROSECONDS: run(work()) * 1e6}


def _ledgers(room: Path) -> Mapping[str, float]:
    async def work() -> float:
        async with Database.open(settings(room), "analytics") as database:
            bookkeeper = Bookkeeper(Store(database, lambda: datetime.now(UTC)))
            with processor_seconds() as spent:
                await bookkeeper.ledgers()
                return spent()

    return {SECONDS: asyncio.run(work())}


def _derived(room: Path) -> Mapping[str, float]:
    async def work() -> float:
        async with Database.open(settings(room), "analytics") as database:
            store = Store(database, lambda: datetime.now(UTC))
            rebuilder = Rebuilder(store, Bookkeeper(store))
            with processor_seconds() as spent:
                await rebuilder.replace(lambda done, of: None)
                compared = await rebuilder.compare(lambda done, of: None)
                seconds = spent()
            if compared.different:
                raise BenchError(f"{compared.different} rows are not what the journal gives")
            return seconds

    return {SECONDS: asyncio.run(work())}


def _built(movements: Sequence[Movement]) -> list:  # type: ignore[type-arg]
    by_symbol: dict[str, list[Movement]] = {}
    for movement in movements:
        by_symbol.setdefault(movement.symbol, []).append(movement)
    return [build(of_symbol) for of_symbol in by_symbol.values()]


def _loop(frame: pd.DataFrame) -> Decimal:
    """Match the fills as one would write it down: row by row over the frame."""
    realised: dict[tuple[str, str], Decimal] = {}
    lots: dict[tuple[str, str], deque[list[Any]]] = {}
    closings: list[tuple[Any, ...]] = []
    for _, row in frame.iterrows():
        for holder in ((row["symbol"], ""), (row["symbol"], row["timeframe"])):
            held = lots.setdefault(holder, deque())
            left = row["quantity"]
            while left and held and (held[0][0] > 0) != (left > 0):
                closed = min(abs(held[0][0]), abs(left)).copy_sign(held[0][0])
                earned = closed * (row["price"] - held[0][1])
                realised[holder] = realised.get(holder, Decimal(0)) + earned
                closings.append((*holder, row["order"], closed, *held[0][1:], row["at"], earned))
                held[0][0] -= closed
                left += closed
                if not held[0][0]:
                    held.popleft()
            if left:
                held.append([left, row["price"], row["at"]])
    return sum((each for (_, book), each in realised.items() if not book), Decimal(0))


def _timed(work) -> Mapping[str, float]:  # type: ignore[no-untyped-def]
    with processor_seconds() as spent:
        work()
        return {SECONDS: spent()}


def _written(room: Path, days: int) -> Mapping[str, float]:
    command = [sys.executable, "-m", "bench.report_writer", str(room), str(days)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    found: Mapping[str, float] = json.loads(answer.stdout.splitlines()[-1])
    return found
