"""How many messages could not be handled, where this process can tell.

The LocalBus keeps them in a file of the data folder.  RabbitMQ keeps them in a queue that
belongs to no service; of those only signals are known here, by their ending.
"""

from dataclasses import dataclass, field
from pathlib import Path

from novalgo_analytics.settings import Settings

NAME = "dead_letters.jsonl"


@dataclass
class DeadLetterCount:
    """Calling it counts; the file is read again only when it has changed."""

    path: Path | None
    _counted: dict[tuple[int, int], int] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings) -> "DeadLetterCount":
        return cls(settings.data_dir / NAME if settings.amqp_url is None else None)

    def __call__(self) -> int:
        if self.path is None:
            return 0
        try:
            found = self.path.stat()
        except OSError:
            return 0
        state = (found.st_mtime_ns, found.st_size)
        if state not in self._counted:
            self._counted = {state: self.path.read_bytes().count(b"\n")}
        return self._counted[state]
