"""Analytics' store: the journal of every event, and what is derived from it."""

from novalgo_analytics.store.store import Store

__all__ = ["Store"]
