"""Executor: turns signals into orders.  The only service that talks to Alpaca."""
