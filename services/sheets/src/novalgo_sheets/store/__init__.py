"""The service's store: last good config, what rows and tabs should show, the outbox."""

from novalgo_sheets.store.store import Store

__all__ = ["Store"]
