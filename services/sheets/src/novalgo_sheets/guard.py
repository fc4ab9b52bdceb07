"""Which of the tab's rows are traded by: not what is half typed, nor an unusual change unconfirmed.

What stops trading counts at once: a row that is switched off, deleted or broken.  Anything else
must stand the same in two reads, and a size that is many times the one before must be confirmed in
the row's `confirm` column.  Until then the row is traded by as it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeAlias

from novalgo_common.events import ConfigRow, Sizing
from novalgo_sheets.config_cell import plain
from novalgo_sheets.config_tab import ConfigTab, Key, TabRow

Rows: TypeAlias = Mapping[Key, ConfigRow]


@dataclass(frozen=True, slots=True)
class Settled:
    """The tab with the rows that count, and whether some of it waits for another look."""

    tab: ConfigTab
    is_waiting: bool


def settle(tab: ConfigTab, before: Rows, known: Rows, jump: Decimal) -> Settled:
    """Return the rows that count now.

    `before` holds the rows as the read before saw them, `known` those last traded by, and a size
    more than `jump` times the known one is unusual.
    """
    rows = [_settled(row, before, known, jump) for row in tab.rows]
    return Settled(
        replace(tab, rows=tuple(row for row, _ in rows)), any(waits for _, waits in rows)
    )


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


def _settled(row: TabRow, before: Rows, known: Rows, jump: Decimal) -> tuple[TabRow, bool]:
    if row.row is None or row.key is None:
        return row, False
    old = known.get(row.key)
    if row.row == old:
        return row, False
    if before.get(row.key) != row.row:
        return replace(row, row=_still(old, row.row)), True
    if old is not None and _jumps(old, row.row, jump) and not _is_confirmed(row, row.row):
        return replace(row, row=_still(old, row.row), notice=_question(old, row.row)), False
    return row, False


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
