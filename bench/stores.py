"""By how much each service's database grows with a signal."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path

from bench.figures import Aim, Comparison, Series
from bench.novalgo import SERVICES

GROWN = "bytes a signal"
ALL = "all four"


def bytes_held(folder: Path) -> Mapping[str, int]:
    """Return the bytes that the rows of each service's database take, without pages set free."""
    return {service: _bytes(folder / f"{service}.sqlite") for service in SERVICES}


def growth(held: Sequence[Mapping[str, int]], signals: int) -> Comparison:
    """Compare what the services held before, between and after rounds of so many signals."""
    grown = {
        name: [(after[name] - before[name]) / signals for before, after in pairwise(held)]
        for name in SERVICES
    }
    grown[ALL] = [sum(added) for added in zip(*grown.values(), strict=True)]
    return Comparison(
        title="What a signal adds to the databases",
        about=f"In each of {len(held) - 1} rounds of {signals} signals, each with its order and "
        "its fill; indexes, and the regular statements of the account meanwhile, included.  "
        "SQLite.  docs/runbook.md says what is kept for how long.",
        series=[
            Series(name, [{GROWN: value} for value in values]) for name, values in grown.items()
        ],
        aims=[Aim(series=ALL, figure=GROWN, at_most=20_000, of_floor=False)],
    )


def _bytes(path: Path) -> int:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        pages, free, size = (
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
    return int((pages - free) * size)
