"""The names that the fields of an alert go by.  Pure."""

from collections.abc import Mapping

ALIASES = {
    "action": ("action", "side", "order_action"),
    "symbol": ("symbol", "ticker"),
    "timeframe": ("timeframe", "interval", "tf"),
    "secret": ("secret", "passphrase", "token"),
    "time": ("time", "timenow"),
}
"""The names that a field goes by in alerts in the wild; the first that is given counts."""

NAMES = frozenset(name for names in ALIASES.values() for name in names) | {
    "bar_time",
    "price",
    "comment",
    "id",
    "market_position",
}
"""Every name that a field can go by."""


def named(name: str) -> str:
    """Return how an error may call a field: by a name that we know, never one of a stranger."""
    return name if name.lower() in NAMES else "A field"


def broken(fields: Mapping[str, object]) -> str | None:
    """Return the name of the first field whose text holds half a character, if there is one."""
    for name, value in fields.items():
        if not _is_whole(name) or (isinstance(value, str) and not _is_whole(value)):
            return named(name)
    return None


def _is_whole(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)
