"""What a piece of work costs the processor, in this process."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def own_heap_aside() -> Iterator[None]:
    """Keep the collector from walking through what the benchmarks hold, at the work's cost."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def processor_seconds() -> Iterator[Callable[[], float]]:
    """Yield what tells the processor time that the block has taken so far."""
    with own_heap_aside():
        began = time.process_time()
        yield lambda: time.process_time() - began
