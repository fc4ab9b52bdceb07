"""Executor's store: signals, intents, books.  The truth that it works from."""

from novalgo_executor.store.store import BookView, Exposure, Store

__all__ = ["BookView", "Exposure", "Store"]
