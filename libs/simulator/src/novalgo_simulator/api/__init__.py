"""Alpaca's HTTP and websocket protocols over the simulated broker."""
