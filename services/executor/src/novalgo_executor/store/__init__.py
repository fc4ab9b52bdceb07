"""Executor's store: signals, intents, books.  The truth that it works from."""

from novalgo_executor.store.effect import Effect
from novalgo_executor.store.store import BookView, Exposure, Store
from novalgo_executor.store.undoings import Counted

__all__ = ["BookView", "Counted", "Effect", "Exposure", "Store"]
