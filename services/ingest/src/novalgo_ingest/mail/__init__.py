"""The second channel: the same alerts, as e-mail that TradingView sends."""
