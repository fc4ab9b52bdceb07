"""Prices: a pure function of a seed, a symbol and a step."""

import csv
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from math import isqrt
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, Self

from novalgo_common.errors import SettingsError
from novalgo_simulator.broker.amount import CENT

START_CENTS: Mapping[str, int] = MappingProxyType(
    {
        "AAPL": 231_40,
        "AMD": 158_20,
        "AMZN": 224_75,
        "BRK.A": 748_210_00,
        "BRK.B": 498_60,
        "GOOGL": 201_30,
        "META": 742_10,
        "MSFT": 506_55,
        "NVDA": 178_35,
        "QQQ": 571_80,
        "SPY": 642_15,
        "TSLA": 338_90,
        "TRUE": 2_45,
    }
)
_MILLION = 1_000_000
_LEVELS = 21  # the longest wave is 2**20 steps: twelve days of seconds


@dataclass(frozen=True, slots=True)
class Quote:
    """The national best bid and offer, a cent either side of the last trade."""

    last: Decimal

    @property
    def bid(self) -> Decimal:
        return max(self.last - CENT, CENT)

    @property
    def ask(self) -> Decimal:
        return self.last + CENT


class Prices(Protocol):
    def price(self, symbol: str, step: int) -> Decimal:
        """Return the last trade's price at a step, in whole cents; steps may be negative."""
        ...


@dataclass(frozen=True, slots=True)
class RandomWalk:
    """Looks like a random walk, and is known at any step without walking there.

    Waves of noise, each twice as long as the one before and sqrt(2) as high, add up to a path
    whose spread grows with the square root of time, as a random walk's does.
    """

    seed: int

    def price(self, symbol: str, step: int) -> Decimal:
        return _walk(self.seed, symbol, step)


@dataclass(frozen=True, slots=True)
class RecordedPrices:
    """Prices of a file; a symbol keeps its price until its next row."""

    rows: Mapping[str, Sequence[tuple[int, Decimal]]]
    otherwise: Prices

    @classmethod
    def read(cls, path: Path, otherwise: Prices) -> Self:
        """Read `step,symbol,price` rows; raise `SettingsError` where one cannot be read."""
        rows: dict[str, list[tuple[int, Decimal]]] = {}
        try:
            with path.open(newline="", encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    rows.setdefault(row["symbol"], []).append(
                        (int(row["step"]), Decimal(row["price"]).quantize(CENT))
                    )
        except (OSError, KeyError, ValueError, ArithmeticError) as error:
            name = type(error).__name__
            raise SettingsError(
                f"NOVALGO_SIMULATOR_PRICES: not a CSV file of step,symbol,price ({name})"
            ) from None
        return cls({symbol: sorted(found) for symbol, found in rows.items()}, otherwise)

    def price(self, symbol: str, step: int) -> Decimal:
        rows = self.rows.get(symbol)
        if not rows:
            return self.otherwise.price(symbol, step)
        reached = bisect_right(rows, step, key=lambda row: row[0])
        return rows[max(0, reached - 1)][1]


@lru_cache(maxsize=65_536)
def _walk(seed: int, symbol: str, step: int) -> Decimal:
    strayed = sum(_wave(seed, symbol, level, step) for level in range(_LEVELS))
    start = START_CENTS.get(symbol) or _hashed(f"{seed}:{symbol}") % 49_000 + 1_000
    cents = start * max(_MILLION + strayed, _MILLION // 10) // _MILLION
    return Decimal(max(cents, 2)) / 100


def _wave(seed: int, symbol: str, level: int, step: int) -> int:
    """Return one wave's height in millionths of the starting price."""
    length = 1 << level
    index, along = divmod(step, length)
    left = _hashed(f"{seed}:{symbol}:{level}:{index}") % 2001 - 1000
    right = _hashed(f"{seed}:{symbol}:{level}:{index + 1}") % 2001 - 1000
    height = isqrt(3600 << level)
    return (left * (length - along) + right * along) * height // (length * 1000)


@lru_cache(maxsize=65_536)
def _hashed(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=6).digest())
