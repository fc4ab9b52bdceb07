"""Which of the tab's rows are traded by: not what is half typed, nor an unusual change unconfirmed.

What stops trading counts at once: a row that is switched off, deleted or broken.  Anything else
must stand the same in two reads, and a size that is many times the one before must be confirmed in
the row's `confirm` column.  Until then the row is traded by as it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import TypeAlias

from novalgo_common.events import ConfigRow, Sizing
from novalgo_sheets.config_cell import plain
from novalgo_sheets.config_tab import ConfigTab, Key, TabRow

Rows: TypeAlias = Mapping[Key, ConfigRow]

RESTLESS = 8
"""Reads in a row after which a row that each of them found changed is no longer being typed."""
_RESTLESS = "this row changes with every look, as a live formula does. Write a value"


@dataclass(frozen=True, slots=True)
class Settled:
    """The tab with the rows that count."""

    tab: ConfigTab
    restless: Mapping[Key, int]
    """The rows that wait for another look, and how many reads in a row found each changed."""

    @property
    def is_waiting(self) -> bool:
        return bool(self.restless)


def settle(
    tab: ConfigTab,
    before: Rows,
    known: Rows,
    jump: Decimal,
    restless: Mapping[Key, int] = MappingProxyType({}),
) -> Settled:
    """Return the rows that count now.

    `before` holds the rows as the read before saw them, with its `restless` ones, `known` those
    last traded by, and a size more than `jump` times the known one is unusual.
    """
    waiting = {
        row.key: restless.get(row.key, 0) + 1
        for row in tab.rows
        if row.key is not None and _waits(row, before.get(row.key), known.get(row.key))
    }
    rows = (_settled(row, waiting, known, jump) for row in tab.rows)
    return Settled(replace(tab, rows=tuple(rows)), waiting)


def as_seen(tab: ConfigTab) -> dict[Key, ConfigRow]:
    """Return a tab's good rows as they stand in it."""
    return {row.key: row.row for row in tab.rows if row.key is not None and row.row is not None}


def confirmation(row: ConfigRow) -> str:
    """Return what the owner is to write into `confirm`: it names all that makes up the size."""
    size = plain(row.position_size)
    match row.sizing:
        case None | Sizing.DOLLARS:
            return size
        case Sizing.RISK:
            assert row.stop_distance is not None
            return f"{size} at {plain(row.stop_distance)}"
    return f"{size} {row.sizing}"


def _waits(row: TabRow, before: ConfigRow | None, known: ConfigRow | None) -> bool:
    return row.row is not None and row.row not in (known, before)


def _settled(row: TabRow, waiting: Mapping[Key, int], known: Rows, jump: Decimal) -> TabRow:
    if row.row is None or row.key is None:
        return row
    old = known.get(row.key)
    if row.key in waiting:
        still = replace(row, row=_still(old, row.row))
        return _told(still) if waiting[row.key] >= RESTLESS else still
    if old is not None and _jumps(old, row.row, jump) and not _is_confirmed(row, row.row):
        return replace(row, row=_still(old, row.row), notice=_question(old, row.row))
    return row


def _told(row: TabRow) -> TabRow:
    """Say to the owner that the row never stands still."""
    if row.row is None:
        return replace(row, problem=f"{_RESTLESS} to have it traded by")
    return replace(row, notice=f"still {confirmation(row.row)}: {_RESTLESS}")


def _still(old: ConfigRow | None, new: ConfigRow) -> ConfigRow | None:
    """Return the row as it was, but off where it is off now."""
    return old.model_copy(update={"active": old.active and new.active}) if old else None


def _jumps(old: ConfigRow, new: ConfigRow, jump: Decimal) -> bool:
    return old.sizing is not new.sizing or _weight(new) > jump * _weight(old)


def _weight(row: ConfigRow) -> Decimal:
    if row.sizing is Sizing.RISK and row.stop_distance is not None:
        return row.position_size / row.stop_distance
    return row.position_size


def _is_confirmed(row: TabRow, new: ConfigRow) -> bool:
    written = row.confirmation.lower().replace("$", "").replace(",", "")
    return " ".join(written.split()) == confirmation(new)


def _question(old: ConfigRow, new: ConfigRow) -> str:
    return (
        f"still {confirmation(old)}: {confirmation(new)} is an unusual change. "
        f'Write "{confirmation(new)}" into the column confirm of this row to trade by it'
    )
