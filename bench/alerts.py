"""The alerts that the benchmarks send, and the sheet that makes orders of them."""

import csv
import json
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from string import ascii_uppercase
from uuid import uuid4

SECRET = "made-up-bench-secret"
TIMEFRAME = "15 Min"
HEADERS = ("symbol", "position_size", "active", "Time Frame", "Order Status", "Last Updated")


def symbols(count: int) -> list[str]:
    """Return made-up symbols: the simulated Alpaca trades all of a sensible shape."""
    names = ("Q" + "".join(letters) for letters in product(ascii_uppercase, repeat=3))
    return [name for name, _ in zip(names, range(count), strict=False)]


def alerts(action: str, of: Sequence[str]) -> list[str]:
    """Return an alert for each symbol, each one's own: none is another's resend."""
    return [_alert(action, symbol) for symbol in of]


def write_config_tab(data_dir: Path, of: Sequence[str]) -> None:
    """Give the simulated sheet an active row for each symbol."""
    path = data_dir / "sheet" / "Config.csv"
    path.parent.mkdir(parents=True)
    with path.open("w", newline="") as tab:
        csv.writer(tab).writerows(_rows(of))


def _alert(action: str, symbol: str) -> str:
    fields = {"action": action, "symbol": symbol, "timeframe": TIMEFRAME}
    return json.dumps({**fields, "id": uuid4().hex, "secret": SECRET})


def _rows(of: Sequence[str]) -> Iterator[tuple[str, ...]]:
    yield HEADERS
    for symbol in of:
        yield (symbol, "5000", "TRUE", TIMEFRAME, "", "")
