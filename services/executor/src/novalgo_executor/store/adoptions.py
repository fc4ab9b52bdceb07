"""When a symbol's position was last believed as the broker stated it."""

from datetime import datetime

from sqlalchemy.engine import Connection

from novalgo_executor.store import notes

_ADOPTED = "adopted."


def note(connection: Connection, symbol: str, seen_at: datetime) -> None:
    notes.write(connection, _ADOPTED + symbol, seen_at.isoformat())


def covers(connection: Connection, symbol: str, at: datetime) -> bool:
    """Return whether what happened at a time is part of what was adopted."""
    seen_at = notes.read(connection, _ADOPTED + symbol)
    return seen_at is not None and at <= datetime.fromisoformat(seen_at)
