"""Ingest's copy of the Config tab, for what it answers; executor decides by its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from novalgo_common.events import Action, ConfigChanged, ConfigRow

Book: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ConfigCopy:
    """The rows by book; empty and undated while no config was ever received."""

    changed_at: datetime | None = None
    rows: Mapping[Book, ConfigRow] = field(default_factory=dict)

    @classmethod
    def of(cls, event: ConfigChanged) -> "ConfigCopy":
        return cls(event.occurred_at, {(row.symbol, row.timeframe): row for row in event.rows})

    def is_newer_than(self, other: "ConfigCopy") -> bool:
        # Compared by time, not by version: the count starts anew with a new sheets store.
        return self.changed_at is not None and (
            other.changed_at is None or self.changed_at > other.changed_at
        )

    def row(self, book: Book) -> ConfigRow | None:
        return self.rows.get(book)

    def active(self) -> list[ConfigRow]:
        return [row for row in self.rows.values() if row.active]

    def why_skipped(self, action: Action, book: Book) -> str | None:
        """Return why executor will decline, as far as this copy can tell; None when it will not.

        Exits are never skipped, and nothing is while no config is known.
        """
        if action is Action.CLOSE or self.changed_at is None:
            return None
        row = self.row(book)
        if row is None:
            return "The Config tab has no valid row for this symbol and timeframe"
        return None if row.active else "The row of the Config tab is not active"
