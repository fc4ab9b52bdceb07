"""How signals ended, as their receipts say.  Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

DECLINED = {
    "already_long": "ALREADY LONG",
    "already_short": "ALREADY SHORT",
    "already_flat": "WAITING",
}
"""What a decline leaves in Order Status, where that is no failure."""

Receipt: TypeAlias = Mapping[str, Any]


def ending(receipt: Receipt) -> str:
    """Return an ending, with its reason where that makes the difference."""
    if receipt["ending"] in ("failed", "expired", "declined"):
        return f"{receipt['ending']} ({receipt['reason']})"
    return str(receipt["ending"])


def listed(endings: Counter[str]) -> str:
    """Return how many there are of each, the most frequent first."""
    return ", ".join(f"{count} {ending}" for ending, count in endings.most_common())


def status_after(receipt: Receipt) -> str:
    """Return the Order Status that a signal's ending leaves."""
    if receipt["ending"] == "filled":
        return "WAITING" if receipt["action"] == "CLOSE" else "FILLED"
    if receipt["ending"] == "declined":
        return DECLINED.get(receipt["reason"], "FAILED")
    return "FAILED"


def last_signals(receipts: Iterable[Receipt]) -> dict[tuple[str, str], Receipt]:
    """Return each book's newest signal that was not superseded; receipts come newest first."""
    last: dict[tuple[str, str], Receipt] = {}
    for receipt in receipts:
        if receipt["ending"] != "superseded":
            last.setdefault((receipt["symbol"], receipt["timeframe"]), receipt)
    return last
