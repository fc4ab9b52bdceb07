"""Receipts as the command shows them."""

from io import StringIO
from typing import Any

from rich.console import Console

from novalgo_cli.receipts import receipt_lines, receipts_table

RECEIPT: dict[str, Any] = {
    "signal_id": "6f1d3a52-9a0e-4c41-8a5d-0c5b6c1f7e21",
    "action": "BUY",
    "symbol": "AAPL",
    "timeframe": "15 Min",
    "ending": "declined",
    "reason": "too_small",
    "detail": "100 dollars are less than one share at 231.41",
    "channel": "webhook",
    "address": "52.89.214.238",
    "secret": "breakout",
    "message": '{"action":"BUY","symbol":"AAPL"}',
    "warning": "It carried neither an id nor a time",
    "orders": [],
    "steps": [
        {"step": "received", "at": "2026-03-02T12:00:00+00:00"},
        {"step": "stored", "at": "2026-03-02T12:00:00.004000+00:00"},
    ],
}
ORDER = {
    "leg": "open",
    "client_order_id": "nv-made-up-open",
    "status": "filled",
    "filled_qty": 21.5,
    "filled_avg_price": 231.41,
}


def test_a_receipt_shows_the_way_with_times_and_the_reason() -> None:
    text = "\n".join(line.plain for line in receipt_lines(RECEIPT))

    assert "received   2026-03-02 04:00:00.000 Pacific" in text
    assert "stored     2026-03-02 04:00:00.004 Pacific  +4 ms" in text
    assert "came by    webhook from 52.89.214.238, secret breakout" in text
    assert 'said       {"action":"BUY","symbol":"AAPL"}' in text
    assert "warning    It carried neither an id nor a time" in text
    assert "ending     declined: too small" in text
    assert "why        100 dollars are less than one share" in text


def test_a_receipt_shows_what_its_orders_filled() -> None:
    text = "\n".join(line.plain for line in receipt_lines({**RECEIPT, "orders": [ORDER]}))

    assert "order      open, filled, 21.5 at 231.41   nv-made-up-open" in text


def test_a_signal_without_an_ending_is_under_way() -> None:
    console = Console(width=100, record=True, file=StringIO())

    console.print(receipts_table([{**RECEIPT, "ending": None, "reason": None}]))

    assert "under way" in console.export_text()
