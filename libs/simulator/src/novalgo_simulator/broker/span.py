"""What lies between two moments, found without a look at all that went before."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

T = TypeVar("T")


def between(
    items: Sequence[T], at: Callable[[T], datetime], after: datetime | None, until: datetime | None
) -> Sequence[T]:
    """Return the items, sorted by `at`, that come after the one moment and before the other.

    Both are exclusive; None is no bound.
    """
    first = 0 if after is None else bisect_right(items, after, key=at)
    last = len(items) if until is None else bisect_left(items, until, key=at)
    return items[first:last]
