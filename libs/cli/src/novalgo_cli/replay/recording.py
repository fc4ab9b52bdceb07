"""What was recorded: receipts as `novalgo signals --json` or `--csv` prints them, or messages, one
a line.

Pure.
"""

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

from novalgo_common.errors import SettingsError
from novalgo_common.symbols import parse_symbol
from novalgo_common.timeframes import parse_timeframe
from novalgo_ingest.alert import Heartbeat, Refusal
from novalgo_ingest.message import read_message
from novalgo_ingest.receipts.export import COLUMNS
from novalgo_ingest.strict_json import NotStrictJsonError
from novalgo_ingest.translate import translate

_END_OF_TIME = datetime(2099, 12, 31, tzinfo=UTC)
"""A recorded time lies in no future."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An alert in canonical words; its price is the alert's own, in dollars."""

    action: str
    symbol: str
    timeframe: str
    price: Decimal | None


def read_recording(text: str) -> Sequence[Recorded]:
    """Return the alerts, oldest first; raise `SettingsError` where a line is none."""
    if text.startswith(f"{COLUMNS[0]},"):
        return [_from_receipt(row) for row in reversed(list(csv.DictReader(StringIO(text))))]
    try:
        whole = json.loads(text, parse_float=Decimal)
    except ValueError:
        whole = None
    if isinstance(whole, dict) and "signals" in whole:
        return [_from_receipt(receipt) for receipt in reversed(whole["signals"])]
    return list(_from_lines(text))


def _from_receipt(receipt: dict[str, Any]) -> Recorded:
    try:
        symbol, timeframe = parse_symbol(receipt["symbol"]), parse_timeframe(receipt["timeframe"])
        price = receipt.get("price")
        assert symbol is not None
        assert timeframe is not None
        exact = Decimal(price) if price not in (None, "") else None
        return Recorded(receipt["action"], symbol, timeframe, exact)
    except (KeyError, TypeError, ValueError, ArithmeticError, AssertionError) as error:
        raise SettingsError(f"a receipt cannot be read ({type(error).__name__})") from None


def _from_lines(text: str) -> Iterator[Recorded]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            alert = translate(read_message(line.encode("utf-8", "replace"), None), _END_OF_TIME)
        except NotStrictJsonError as error:
            raise SettingsError(f"line {number}: {error}") from None
        if isinstance(alert, Refusal):
            raise SettingsError(f"line {number}: {alert.error}")
        if isinstance(alert, Heartbeat):
            continue
        yield Recorded(alert.action, alert.symbol, alert.timeframe, alert.price)
