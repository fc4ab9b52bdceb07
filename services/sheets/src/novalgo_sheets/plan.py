"""What to do about the newest read: which cells to write, and what may be announced."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from novalgo_common.events import (
    ConfigChanged,
    PerformanceUpdated,
    PerformanceWritten,
    StatusWritten,
    derived_id,
)
from novalgo_sheets.cells import correct
from novalgo_sheets.config_tab import ConfigTab
from novalgo_sheets.face import Face, face_of, marks
from novalgo_sheets.kept import Kept, KeptConfig
from novalgo_sheets.performance_tab import rewrite
from novalgo_sheets.sheet import Block, Reading
from novalgo_sheets.status import Change


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
    blocks: tuple[Block, ...] = ()
    standing: tuple[Shown, ...] = ()
    """What the sheet shows already, nobody having been told."""
    written: tuple[Shown, ...] = ()
    """What it shows once the blocks are written."""
    updates: tuple[PerformanceUpdated, ...] = ()
    """Performance rows that it then shows, or newer ones in their place."""


def plan(reading: Reading, tab: ConfigTab | None, kept: Kept) -> Plan:
    """Return what to write; `tab` is None where the Config tab cannot be used."""
    rows = _plan_rows(reading, tab, kept) if tab and kept.config else Plan()
    if reading.performance is None or kept.performance is None:
        return rows
    return Plan(
        blocks=(*rows.blocks, *rewrite(reading.performance, kept.performance)),
        standing=rows.standing,
        written=rows.written,
        updates=tuple(kept.updates),
    )


def next_config(
    tab: ConfigTab, before: KeptConfig | None, *, now: datetime, event_id: UUID
) -> KeptConfig | None:
    """Return the config that the tab now holds, or None where it is the one before."""
    rows, problems = tab.config(), tab.problems()
    if before and (rows, problems) == (before.event.rows, before.event.problems):
        return None
    return KeptConfig(
        event=ConfigChanged(
            event_id=event_id,
            occurred_at=now,
            correlation_id=event_id,
            version=before.event.version + 1 if before else 1,
            rows=rows,
            problems=problems,
        ),
        since=marks(tab, before.since if before else {}, now),
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


def _plan_rows(reading: Reading, tab: ConfigTab, kept: Kept) -> Plan:
    assert kept.config is not None
    changes = kept.newest_changes()
    faces = {row.number: face_of(row, kept.config.since, changes) for row in tab.rows}
    correction = correct(reading.config, tab, faces)
    standing: list[Shown] = []
    written: list[Shown] = []
    for change in kept.unannounced():
        rows = [row.number for row in tab.rows if row.key == change.key]
        if rows:
            shown = Shown(change, faces[rows[0]])
            (standing if correction.standing.issuperset(rows) else written).append(shown)
    return Plan(blocks=correction.blocks, standing=tuple(standing), written=tuple(written))
