import json
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from novalgo_cli.replay.recording import Recorded, read_recording
from novalgo_common.errors import SettingsError
from novalgo_ingest.receipts.export import as_csv
from novalgo_ingest.receipts.receipt import Receipt, as_json


def a_receipt(**changes: Any) -> Receipt:
    fields: dict[str, Any] = {
        "sequence": 1,
        "signal_id": UUID(int=1),
        "action": "BUY",
        "symbol": "AAPL",
        "timeframe": "15 Min",
        **dict.fromkeys(("ending", "reason", "detail", "channel", "address", "secret")),
        **dict.fromkeys(("message", "warning", "price", "comment")),
        "orders": (),
        "steps": (),
    }
    return Receipt(**(fields | changes))


def test_receipts_are_played_oldest_first() -> None:
    newer = {"action": "CLOSE", "symbol": "AAPL", "timeframe": "15 Min", "price": 201.25}
    older = {"action": "BUY", "symbol": "AAPL", "timeframe": "15 Min", "price": None}

    found = read_recording(json.dumps({"signals": [newer, older]}))

    assert found == [
        Recorded("BUY", "AAPL", "15 Min", None),
        Recorded("CLOSE", "AAPL", "15 Min", Decimal("201.25")),
    ]


def test_exported_receipts_are_played_oldest_first() -> None:
    newer = a_receipt(action="CLOSE", price=Decimal("201.25"), comment="=1+1")
    older = a_receipt(action="BUY", price=None)

    found = read_recording(as_csv([as_json(newer), as_json(older)]))

    assert found == [
        Recorded("BUY", "AAPL", "15 Min", None),
        Recorded("CLOSE", "AAPL", "15 Min", Decimal("201.25")),
    ]


def test_messages_are_read_as_alerts_are() -> None:
    text = '{"side": "sell", "ticker": "NYSE:BRK.B", "interval": "60", "price": "5.10"}\n\n'

    assert read_recording(text) == [Recorded("SELL", "BRK.B", "1 Hour", Decimal("5.10"))]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        pytest.param("buy AAPL", "line 1: The body is not JSON", id="words"),
        pytest.param('{"signals": [{"symbol": "AAPL"}]}', "a receipt cannot be read", id="half"),
    ],
)
def test_what_is_no_recording_is_refused(text: str, error: str) -> None:
    with pytest.raises(SettingsError, match=error):
        read_recording(text)
