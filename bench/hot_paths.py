"""What NovAlgo does for every alert, every order and every fill, without a network or a disk."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal

from bench.history import fills
from novalgo_analytics.accounting.ledger import build
from novalgo_analytics.accounting.movement import movement_of_fill
from novalgo_common.events import Action
from novalgo_common.wire import decode, encode
from novalgo_executor.decide import decide
from novalgo_ingest.strict_json import parse_object
from novalgo_ingest.translate import translate
from novalgo_sheets.config_tab import read_config
from novalgo_sheets.sheet import Cell
from tests.builders import NOON, a_signal
from tests.unit.executor.builders import RULES, a_stored_signal, some_facts

HotPath = Callable[[], object]

_BODY = json.dumps(
    {
        "action": "BUY",
        "symbol": "NASDAQ:AAPL",
        "timeframe": "15",
        "price": "200.12",
        "time": "2026-11-11T17:00:00Z",
        "secret": "made-up",
    }
).encode()
_SIGNAL = a_signal()
_ENCODED = encode(_SIGNAL)
_STORED = a_stored_signal(Action.BUY)
_FACTS = some_facts()
_MOVEMENTS = [each for each in map(movement_of_fill, fills(200)) if each.symbol == "AAPL"]
_HEADER: list[Cell] = ["symbol", "position_size", "active", "Time Frame"]
_ROWS: list[list[Cell]] = [[f"Q{chr(65 + n)}", 5000, True, "15 Min"] for n in range(20)]

HOT_PATHS: Mapping[str, HotPath] = {
    "an alert, read and understood": lambda: translate(parse_object(_BODY), NOON),
    "an event, encoded": lambda: encode(_SIGNAL),
    "an event, decoded": lambda: decode(_ENCODED),
    "a signal, decided": lambda: decide(_STORED, _FACTS, RULES, now=NOON),
    "fills, matched first in first out": lambda: build(_MOVEMENTS),
    "a Config tab of 20 rows, read": lambda: read_config([_HEADER, *_ROWS]),
}


def yardstick() -> object:
    """Do what any Python does: the unit in which the hot paths are timed."""
    found = {}
    for number in range(40):
        text = json.dumps({"price": str(Decimal(number) / 7), "at": NOON.isoformat()})
        found[number] = Decimal(json.loads(text)["price"]).quantize(Decimal("0.01"))
    return sorted(found.values())
