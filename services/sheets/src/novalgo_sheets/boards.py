"""What the further tabs show: the account, the newest signals, halts, edits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from novalgo_common.events import AccountSnapshotTaken, ConfigEdit


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalLine:
    """One signal, with its ending once it has one."""

    at: datetime
    action: str
    symbol: str
    timeframe: str
    ending: str | None
    reason: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HaltLine:
    """A halt in force."""

    scope: str
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EditLine:
    """A change of the config, as it took effect."""

    at: datetime
    version: int
    edit: ConfigEdit


@dataclass(frozen=True, slots=True, kw_only=True)
class Boards:
    account: AccountSnapshotTaken | None = None
    signals: Sequence[SignalLine] = ()
    """The newest first."""
    halts: Sequence[HaltLine] = ()
    edits: Sequence[EditLine] = ()
    """The newest first."""


NOTHING = Boards()
