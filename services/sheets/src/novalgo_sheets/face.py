"""What each row of the Config tab should show now, and since when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TypeAlias

from novalgo_common.clock import to_pacific
from novalgo_common.events import RowStatus
from novalgo_sheets.config_tab import ConfigTab, Key, TabRow
from novalgo_sheets.headers import LAST_UPDATED, ORDER_STATUS, REASON
from novalgo_sheets.status import Change

Since: TypeAlias = Mapping[str, datetime]
"""Since when the sheet has said something about a row, by `mark`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    status: RowStatus
    reason: str
    at: datetime

    def cells(self) -> dict[str, str]:
        """Return the texts of the columns that the service owns, by header."""
        return {
            ORDER_STATUS: self.status.value,
            LAST_UPDATED: _in_pacific(self.at),
            REASON: self.reason,
        }


def is_shown(row: TabRow) -> bool:
    """Say whether the row can be shown yet: not one that nothing is known of but a half-typed
    value."""
    return row.row is not None or bool(row.problem)


def marks(tab: ConfigTab, before: Since, now: datetime) -> dict[str, datetime]:
    """Return since when each row has stood in the sheet as it does."""
    return {_mark(row): before.get(_mark(row), now) for row in tab.rows}


def face_of(row: TabRow, since: Since, changes: Mapping[Key, Change]) -> Face:
    """Return what the row should show.

    What is wrong with the row itself, or that it is inactive, comes before what its signals did;
    that is shown again once the row is valid and active.
    """
    at = since[_mark(row)]
    if row.row is None:
        return Face(status=RowStatus.FAILED, reason=row.problem, at=at)
    if not row.row.active:
        return Face(status=RowStatus.INACTIVE, reason=row.notice, at=at)
    change = changes.get((row.row.symbol, row.row.timeframe))
    if change is None:
        return Face(status=RowStatus.READY, reason=row.notice, at=at)
    reason = row.notice or change.reason
    return Face(status=change.status, reason=reason, at=max(at, change.at))


def _mark(row: TabRow) -> str:
    if row.row is None:
        return f"{row.symbol} {row.timeframe}: {row.problem}"
    return f"{row.row.symbol} {row.row.timeframe} {'active' if row.row.active else 'inactive'}"


@lru_cache(maxsize=1024)
def _in_pacific(at: datetime) -> str:
    # Asked for with every read of the sheet, for each row.
    return to_pacific(at).isoformat()
