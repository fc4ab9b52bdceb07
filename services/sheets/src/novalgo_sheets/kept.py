"""What the service remembers, as one frozen view of its store."""

from collections.abc import Sequence
from dataclasses import dataclass

from novalgo_common.events import ConfigChanged, PerformanceUpdated
from novalgo_sheets.config_tab import Key
from novalgo_sheets.face import Since
from novalgo_sheets.guard import Rows
from novalgo_sheets.status import Change, newest


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptConfig:
    """The last good config, since when each of its rows has stood in the sheet."""

    event: ConfigChanged
    since: Since
    known: Rows
    """Each row as it was last traded by, though it may be broken or gone now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    config: KeptConfig | None = None
    changes: Sequence[Change] = ()
    performance: PerformanceUpdated | None = None
    """The newest Performance rows."""
    updates: Sequence[PerformanceUpdated] = ()
    """All that nobody has been told of being written, oldest first."""
    raised: frozenset[str] = frozenset()
    """The alarms of episodes that have not ended."""
    halt_switch: bool = False
    """How the owner's HALT cell stood last."""

    def newest_changes(self) -> dict[Key, Change]:
        return newest(self.changes)

    def unannounced(self) -> list[Change]:
        return [change for change in self.changes if not change.is_announced]
