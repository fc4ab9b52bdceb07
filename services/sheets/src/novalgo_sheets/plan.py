"""What to do about the newest read: which cells to write, and what may be announced."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from novalgo_common.events import (
    ConfigChanged,
    PerformanceUpdated,
    PerformanceWritten,
    RowStatus,
    StatusWritten,
    derived_id,
)
from novalgo_sheets import boards_tabs, performance_tab
from novalgo_sheets.boards import NOTHING, Boards
from novalgo_sheets.cells import missing_anchors, wrong_cells
from novalgo_sheets.config_cell import as_text
from novalgo_sheets.config_row import cell_at
from novalgo_sheets.config_tab import ConfigTab, Unusable
from novalgo_sheets.edits import edits
from novalgo_sheets.face import Face, face_of, is_shown, marks
from novalgo_sheets.headers import REASON
from novalgo_sheets.kept import Kept, KeptConfig
from novalgo_sheets.sheet import Anchor, Block, Reading, Strip
from novalgo_sheets.status import Change

MOST_CELLS = 2000
"""Cells that one write carries: after an outage the rest follows with the next one."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A change, and what its row shows once it has been taken into account."""

    change: Change
    face: Face

    def announcement(self, now: datetime) -> StatusWritten:
        symbol, timeframe = self.change.key
        return StatusWritten(
            event_id=derived_id(self.change.event_id, "status.written"),
            occurred_at=now,
            correlation_id=self.change.signal_id,
            symbol=symbol,
            timeframe=timeframe,
            status=self.face.status,
            reason=self.face.reason,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    anchors: tuple[Anchor, ...] = ()
    """To take hold of instead of writing: rows are then found in another read."""
    strips: tuple[Strip, ...] = ()
    blocks: tuple[Block, ...] = ()
    standing: tuple[Shown, ...] = ()
    """What the sheet shows already, nobody having been told."""
    written: tuple[Shown, ...] = ()
    """What it shows once this is written."""
    updates: tuple[PerformanceUpdated, ...] = ()
    """Performance rows that it then shows, or newer ones in their place."""
    is_all: bool = True
    """Whether nothing is left for a further write."""

    @property
    def writes(self) -> bool:
        return bool(self.strips or self.blocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """What belongs together in one write."""

    row: int = 0
    cells: Mapping[str, str] | None = None
    shown: tuple[Shown, ...] = ()
    block: Block | None = None
    updates: tuple[PerformanceUpdated, ...] = ()

    def size(self) -> int:
        cells = len(self.cells) if self.cells else 0
        return cells + (sum(map(len, self.block.values)) if self.block else 0)


def plan(reading: Reading, tab: ConfigTab | Unusable, kept: Kept, boards: Boards = NOTHING) -> Plan:
    """Return what to write, the most important first.

    That is: rows that failed, rows whose signals moved, the other rows, Performance, further tabs.
    """
    pieces: list[_Piece] = []
    standing: tuple[Shown, ...] = ()
    if isinstance(tab, Unusable):
        pieces = list(_told(reading, tab))
    elif kept.config:
        anchors = missing_anchors(reading, tab)
        if anchors:
            return Plan(anchors=anchors, is_all=False)
        pieces, standing = _rows(reading, tab, kept)
    pieces += _performance(reading, kept)
    pieces += [_Piece(block=block) for block in boards_tabs.blocks(reading, boards, kept)]
    return _one_write(pieces, standing)


def next_config(
    tab: ConfigTab, before: KeptConfig | None, *, now: datetime, event_id: UUID
) -> KeptConfig | None:
    """Return the config that the tab now holds, or None where it is the one before."""
    rows, problems = tab.config(), tab.problems()
    if before and (rows, problems) == (before.event.rows, before.event.problems):
        return None
    known = before.known if before else {}
    return KeptConfig(
        event=ConfigChanged(
            event_id=event_id,
            occurred_at=now,
            correlation_id=event_id,
            version=before.event.version + 1 if before else 1,
            rows=rows,
            problems=problems,
            edits=edits(before.event.rows, rows) or None if before else None,
            read_at=now,
        ),
        since=marks(tab, before.since if before else {}, now),
        known={**known, **{(row.symbol, row.timeframe): row for row in rows}},
    )


def announcements(shown: Sequence[Shown], now: datetime) -> list[StatusWritten]:
    """Return one event a signal: changes that one write overtook are told of by the newest."""
    ordered = sorted(shown, key=lambda item: (item.change.at, item.change.position))
    newest_of = {item.change.signal_id: item for item in ordered}
    return [item.announcement(now) for item in newest_of.values()]


def performance_written(update: PerformanceUpdated, now: datetime) -> PerformanceWritten:
    return PerformanceWritten(
        event_id=derived_id(update.event_id, "performance.written"),
        occurred_at=now,
        correlation_id=update.correlation_id,
    )


def _rows(reading: Reading, tab: ConfigTab, kept: Kept) -> tuple[list[_Piece], tuple[Shown, ...]]:
    """Return a piece for each row that must be written, and what the others show."""
    assert kept.config is not None
    changes, waiting = kept.newest_changes(), defaultdict(list)
    for change in kept.unannounced():
        waiting[change.key].append(change)
    found: list[tuple[tuple[bool, bool, float], _Piece]] = []
    standing: list[Shown] = []
    for row in filter(is_shown, tab.rows):
        face = face_of(row, kept.config.since, changes)
        cells = wrong_cells(reading, tab, row, face)
        shown = tuple(Shown(change, face) for change in waiting[row.key]) if row.key else ()
        if cells:
            piece = _Piece(row=row.number - 1, cells=cells, shown=shown)
            found.append((_importance(face, shown), piece))
        else:
            standing += shown
    return [piece for _, piece in sorted(found, key=lambda item: item[0])], tuple(standing)


def _told(reading: Reading, unusable: Unusable) -> Iterator[_Piece]:
    """Yield the trouble with the whole tab, for its first row's Reason."""
    cells, column = reading.config.cells, reading.anchors.get(REASON)
    if column is None or as_text(cell_at(cells[0] if cells else (), column)) != REASON:
        return
    first = next((n for n, row in enumerate(cells) if n and any(map(as_text, row))), None)
    if first is not None and as_text(cell_at(cells[first], column)) != unusable.message:
        yield _Piece(row=first, cells={REASON: unusable.message})


def _importance(face: Face, shown: Sequence[Shown]) -> tuple[bool, bool, float]:
    return face.status is not RowStatus.FAILED, not shown, -face.at.timestamp()


def _performance(reading: Reading, kept: Kept) -> Iterator[_Piece]:
    grid = reading.others.get(performance_tab.TITLE)
    if grid is None or kept.performance is None:
        return
    for block in performance_tab.rewrite(grid, kept.performance):
        yield _Piece(block=block)
    yield _Piece(updates=tuple(kept.updates))


def _one_write(pieces: Sequence[_Piece], standing: tuple[Shown, ...]) -> Plan:
    """Return as many pieces as one write carries, at least one."""
    taken, size = 0, 0
    for piece in pieces:
        size += piece.size()
        if taken and size > MOST_CELLS:
            break
        taken += 1
    chosen = pieces[:taken]
    strips: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for piece in chosen:
        for name, text in (piece.cells or {}).items():
            strips[name][piece.row] = text
    return Plan(
        strips=tuple(Strip(anchor=name, cells=cells) for name, cells in strips.items()),
        blocks=tuple(piece.block for piece in chosen if piece.block),
        standing=standing,
        written=tuple(shown for piece in chosen for shown in piece.shown),
        updates=tuple(update for piece in chosen for update in piece.updates),
        is_all=taken == len(pieces),
    )
