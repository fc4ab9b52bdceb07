"""Notices charts that have gone quiet: TradingView tells nobody when it stops an alert."""
