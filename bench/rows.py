"""What a longer Config tab costs: to read it at each look, and to hand on a change."""

import time
from collections.abc import Callable, Mapping
from itertools import product
from string import ascii_uppercase

from bench.figures import Aim, Comparison, Found, Growth
from bench.processor import own_heap_aside
from bench.stage import Contender, Stage, take_turns
from novalgo_common.wire import decode, encode
from novalgo_sheets.config_tab import ConfigTab, read_config
from novalgo_sheets.sheet import Cell
from tests.builders import a_config_changed

SIZES = (10, 100, 1_000, 10_000)
READ, HANDED_ON, MESSAGE = "processor ms to read", "processor ms to hand on", "kB of the message"
HEADER: list[Cell] = ["symbol", "position_size", "active", "Time Frame"]
TIMEFRAMES = ("5 Min", "15 Min", "30 Min", "1 Hour")
EACH = 0.05
"""Seconds over which the time of one turn is taken."""


def measure(stage: Stage) -> list[Found]:
    title = "A Config tab of ten to ten thousand rows"
    contenders = [Contender(f"{size:,} rows", _reading(size), []) for size in SIZES]
    series = take_turns(stage, title, contenders, 16)
    comparison = Comparison(
        title=title,
        about="Sheets reads all rows every 2 s; only a change is handed on, as one message that "
        "ingest and executor take in.  Linear would be 1,000 times the floor's.",
        series=series,
        aims=[
            Aim(series=f"{SIZES[-1]:,} rows", figure=figure, at_most=1_200)
            for figure in (READ, HANDED_ON)
        ],
    )
    lines = {
        figure: [
            (size, each.spread(figure).middle) for size, each in zip(SIZES, series, strict=True)
        ]
        for figure in (READ, HANDED_ON)
    }
    growth = Growth(
        title="How a Config tab's cost grows", along="rows", figure="processor ms", lines=lines
    )
    return [comparison, growth]


def _reading(size: int) -> Callable[[], Mapping[str, float]]:
    cells = [HEADER, *_rows(size)]
    tab = read_config(cells)
    assert isinstance(tab, ConfigTab)
    changed = a_config_changed(rows=tab.config())
    message = encode(changed)

    def measure() -> Mapping[str, float]:
        with own_heap_aside():
            return {
                READ: _milliseconds(lambda: read_config(cells)),
                HANDED_ON: _milliseconds(lambda: decode(encode(changed))),
                MESSAGE: len(message) / 1000,
            }

    return measure


def _rows(size: int) -> list[list[Cell]]:
    symbols = ("Q" + "".join(letters) for letters in product(ascii_uppercase, repeat=3))
    books = ((symbol, timeframe) for symbol in symbols for timeframe in TIMEFRAMES)
    return [
        [symbol, 5000, True, timeframe]
        for (symbol, timeframe), _ in zip(books, range(size), strict=False)
    ]


def _milliseconds(turn: Callable[[], object]) -> float:
    turns, began = 0, time.process_time()
    while (spent := time.process_time() - began) < EACH or not turns:
        turn()
        turns += 1
    return spent / turns * 1000
