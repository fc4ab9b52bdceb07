"""Receipts: what became of each signal."""
