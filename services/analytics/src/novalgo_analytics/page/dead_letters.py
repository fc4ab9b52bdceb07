"""What a dead letter was, and what comes of it when it is handed to its queue again.  Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from novalgo_common.dead_letters import DeadLetter
from novalgo_common.errors import PermanentError
from novalgo_common.events import Event
from novalgo_common.topology import (
    ANALYTICS_JOURNAL,
    EXECUTOR_CONTROLS,
    EXECUTOR_SIGNALS,
    INGEST_RECEIPTS,
    QUEUES,
    SHEETS_UPDATES,
)
from novalgo_common.wire import decode

MOST_SHOWN = 4000
"""Characters of a message."""
_CONSEQUENCES = {
    EXECUTOR_SIGNALS.name: "Executor takes the signal as if it came now: an entry older than its "
    "limit opens nothing, an exit is carried out, and one that executor knows is dropped.",
    EXECUTOR_CONTROLS.name: "Executor carries out the order now, unless it has done so before.",
    SHEETS_UPDATES.name: "The sheet shows it, where nothing newer stands there. No order follows.",
    INGEST_RECEIPTS.name: "The signal's receipt shows the step. No order follows.",
    ANALYTICS_JOURNAL.name: "It is journaled and counts in every number. No order follows.",
}
_NO_QUEUE = "It cannot be replayed: it lay in no queue of this version."
_NO_EVENT = "It is no message of this version, and dies again."


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterSeen:
    letter_id: str
    queue: str
    service: str
    """Whose queue it is."""
    error: str
    died_at: datetime | None
    message: str | None
    """What it is, such as `signal.received.v1`; None of what is no event."""
    action: str | None
    symbol: str | None
    timeframe: str | None
    happened_at: datetime | None
    signal_id: UUID | None
    """The signal, or the request, that it belongs to."""
    text: str
    can_replay: bool
    consequence: str


def letter_seen(letter: DeadLetter) -> LetterSeen:
    event = _event(letter.body)
    queue = next((each for each in QUEUES if letter.queue in each.names()), None)
    consequence = _CONSEQUENCES[queue.name] if queue else _NO_QUEUE
    return LetterSeen(
        letter_id=letter.letter_id,
        queue=letter.queue,
        service=letter.queue.partition(".")[0],
        error=letter.error,
        died_at=letter.died_at,
        message=event.type if event else None,
        action=getattr(event, "action", None),
        symbol=getattr(event, "symbol", None),
        timeframe=getattr(event, "timeframe", None),
        happened_at=event.occurred_at if event else None,
        signal_id=event.correlation_id if event else None,
        text=letter.body.decode(errors="replace")[:MOST_SHOWN],
        can_replay=queue is not None,
        consequence=consequence if event or not queue else _NO_EVENT,
    )


def _event(body: bytes) -> Event | None:
    try:
        return decode(body)
    except PermanentError:
        return None
