"""What looks random, and is the same in every run with the same seed."""

from decimal import Decimal
from hashlib import blake2b

_WHOLE = 1_000_000


def part_of_first_fill(seed: int, sequence: int, share: Decimal) -> Decimal | None:
    """Return the part that an order's first fill takes, or None where it takes all.

    `share` of the orders fill in two parts of random size, as Alpaca's paper trading does it.
    """
    drawn = int.from_bytes(blake2b(f"{seed}:fill:{sequence}".encode(), digest_size=8).digest())
    happens, size = divmod(drawn, _WHOLE)
    if Decimal(happens % _WHOLE) / _WHOLE >= share:
        return None
    return Decimal(size) / _WHOLE
