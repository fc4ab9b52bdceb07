"""The `Broker` port over Alpaca.  Nothing outside this package knows its client library."""

from novalgo_executor.alpaca.broker import AlpacaBroker

__all__ = ["AlpacaBroker"]
