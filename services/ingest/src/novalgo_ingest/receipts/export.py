"""Receipts as CSV, a line each.  Pure."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from typing import Any

from novalgo_common.formulas import harmless
from novalgo_ingest.receipts.receipt import STEPS

PLAIN = (
    "signal_id",
    "action",
    "symbol",
    "timeframe",
    "price",
    "ending",
    "reason",
    "detail",
    "channel",
    "address",
    "secret",
    "comment",
    "message",
    "warning",
)
COLUMNS = (*PLAIN, "orders", *STEPS)


def as_csv(receipts: Iterable[Mapping[str, Any]]) -> str:
    """Return the text, with a header; of steps that came twice it has the last one's time."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(list(_cells(receipt)) for receipt in receipts)
    return text.getvalue()


def _cells(receipt: Mapping[str, Any]) -> Iterator[str]:
    for name in PLAIN:
        yield _cell(receipt[name])
    yield "; ".join(
        f"{order['leg']} {order['status']} {order['filled_qty']} at {order['filled_avg_price']}"
        for order in receipt["orders"]
    )
    times = {step["step"]: step["at"] for step in receipt["steps"]}
    for name in STEPS:
        yield times.get(name, "")


def _cell(value: object) -> str:
    return "" if value is None else harmless(str(value))
