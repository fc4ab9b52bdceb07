"""`novalgo signal`: sends one alert as a chart would, and shows what became of it."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rich.console import Console

from novalgo_cli.client import Ingest, RefusedError
from novalgo_cli.receipts import receipt_lines

DONE, REFUSED = 0, 1
PAUSE = 0.2


def signal(
    fields: Mapping[str, str], environ: Mapping[str, str], console: Console, *, patience: float
) -> int:
    """Return 0 where the alert was stored and had its ending, 1 where it was refused.

    `patience` is how many seconds to wait for the ending; none without any.  A signal that then is
    still under way counts as done: its order may wait for the market.  Raises `UnavailableError`
    where ingest cannot be reached.
    """
    ingest = Ingest(environ)
    status, answer = ingest.send_alert({name: value for name, value in fields.items() if value})
    console.print(f"{status} ", style="bold", end="")
    console.print_json(data=answer, indent=None, highlight=False)
    if status != 200:
        return REFUSED
    receipt = _ended(ingest, answer["signal_id"], patience) if patience > 0 else None
    if receipt is not None:
        for line in receipt_lines(receipt):
            console.print(line, soft_wrap=True)
    return DONE


def time_of(text: str) -> str:
    """Return the alert's time: `now` is this moment."""
    return datetime.now(UTC).isoformat(timespec="milliseconds") if text == "now" else text


def _ended(ingest: Ingest, signal_id: str, patience: float) -> dict[str, Any] | None:
    deadline = time.monotonic() + patience
    receipt = None
    while time.monotonic() < deadline:
        try:
            receipt = ingest.read(f"/signals/{signal_id}")
        except RefusedError:  # the receipt comes a moment after the answer
            receipt = None
        if receipt is not None and receipt["ending"] is not None:
            return receipt
        time.sleep(PAUSE)
    return receipt
