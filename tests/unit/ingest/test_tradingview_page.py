"""docs/tradingview.md, held against the code."""

import json
import re
from pathlib import Path

import pytest

from novalgo_ingest.alert import Alert, Heartbeat
from novalgo_ingest.names import ALIASES
from novalgo_ingest.settings import TRADINGVIEW
from novalgo_ingest.strict_json import parse_object
from novalgo_ingest.translate import ACTIONS, ONE_SIDED, translate
from tests.builders import NOON

PAGE = (Path(__file__).parents[3] / "docs" / "tradingview.md").read_text(encoding="utf-8")
MESSAGES = re.findall(r"```json\n(.*?)```", PAGE, flags=re.DOTALL)
PLACEHOLDERS = {
    "strategy.order.action": "sell",
    "strategy.market_position": "short",
    "ticker": "AAPL",
    "interval": "15",
    "timenow": "2026-11-11T16:59:58Z",
    "time": "2026-11-11T16:45:00Z",
    "strategy.order.price": "190.5",
    "strategy.order.comment": "breakout",
    "close": "190.5",
}


@pytest.mark.parametrize("message", MESSAGES)
def test_every_message_to_paste_is_an_alert(message: str) -> None:
    rendered = re.sub(r"\{\{(.+?)\}\}", lambda found: PLACEHOLDERS[found[1]], message)

    alert = translate(parse_object(rendered.encode()), NOON)

    assert isinstance(alert, Alert | Heartbeat)
    assert (alert.symbol, alert.timeframe) == ("AAPL", "15 Min")


def test_the_page_has_messages() -> None:
    assert len(MESSAGES) == 4
    assert "secret" in json.loads(MESSAGES[0])


def test_every_name_action_and_address_is_on_the_page() -> None:
    for names in ALIASES.values():
        assert all(f"`{name}`" in PAGE for name in names)
    assert all(f"`{word.upper()}`" in PAGE for word in (*ACTIONS, *ONE_SIDED))
    assert all(f"`{address}`" in PAGE for address in TRADINGVIEW)
