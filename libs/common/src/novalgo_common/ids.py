"""Ids that are new each time."""

import os
from uuid import UUID

from novalgo_common.clock import Clock


def new_id(clock: Clock) -> UUID:
    """Return a UUID of version 7 (RFC 9562, 5.7): the milliseconds, then 74 random bits.

    Such ids are nearly in order, so that an index of them grows at its end: one of random ids is
    written to all over, which costs a store half of what it writes.
    """
    milliseconds = int(clock().timestamp() * 1000)
    number = milliseconds << 80 | int.from_bytes(os.urandom(10))
    number = number & ~(0xF << 76) | 7 << 76
    return UUID(int=number & ~(0b11 << 62) | 0b10 << 62)
