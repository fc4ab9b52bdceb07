from typing import Any

from novalgo_cli.preview import preview_lines

ALERT = {
    "action": "SELL",
    "symbol": "AAPL",
    "timeframe": "15 Min",
}
EXECUTOR: dict[str, Any] = {
    "held": 25,
    "orders": [
        {"leg": "close", "side": "sell", "qty": 25, "dollars": None},
        {"leg": "open", "side": "sell", "qty": None, "dollars": 5000},
    ],
    "ending": None,
    "reason": None,
    "detail": "",
}


def _text(**found: object) -> str:
    return "\n".join(line.plain for line in preview_lines(found))


def test_a_preview_shows_the_orders_in_their_sequence() -> None:
    text = _text(would="accept", secret=True, alert=ALERT, warning="No time", executor=EXECUTOR)

    assert "SELL AAPL 15 Min" in text
    assert "would sell 25 shares to close" in text
    assert "would sell $5000 to open" in text
    assert "warning   No time" in text
    assert "secret" not in text


def test_a_preview_shows_what_stands_in_the_way() -> None:
    declined = EXECUTOR | {"orders": [], "ending": "declined", "reason": "already_long"}

    text = _text(would="accept", secret=False, alert=ALERT, skipped="inactive", executor=declined)

    assert "wrong or missing: it would be answered with 401" in text
    assert "would end it as declined: already long" in text
    assert "inactive" in text
    assert "Missing timeframe" in _text(would="refuse", error="Missing timeframe")
