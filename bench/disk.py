"""How long the disk takes to make a block safe, while something else is measured."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

BLOCK = bytes(4096)
PAUSE = 0.05


@contextmanager
def flushes(folder: Path) -> Iterator[Callable[[], Sequence[float]]]:
    """Write a block through to the folder's disk, again and again.

    Yield what tells the seconds of each since it was asked last.
    """
    ended = threading.Event()
    taken: list[float] = []

    def flush() -> None:
        with (folder / "flushed").open("wb", buffering=0) as file:
            while not ended.wait(PAUSE):
                began = time.perf_counter()
                file.seek(0)
                file.write(BLOCK)
                os.fsync(file.fileno())
                taken.append(time.perf_counter() - began)

    def told() -> Sequence[float]:
        nonlocal taken
        before, taken = taken, []
        return before

    thread = threading.Thread(target=flush, name="flushes")
    thread.start()
    try:
        yield told
    finally:
        ended.set()
        thread.join()
