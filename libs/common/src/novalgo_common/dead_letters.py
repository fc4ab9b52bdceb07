"""Messages that could not be handled, kept in a file for people to read and to send again."""

import asyncio
import base64
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class DeadLetter:
    """A message, the queue that it lay in, and why it could not be handled."""

    queue: str
    body: bytes
    error: str
    died_at: datetime


class DeadLetters(Protocol):
    async def add(self, letter: DeadLetter) -> None:
        """Keep the letter; it is safe when this returns.  Raise `OSError` where it is not."""


@dataclass(frozen=True)
class FileDeadLetters:
    """One JSON object a line, oldest first.  `body` is the message's text, else `body_base64`."""

    path: Path

    async def add(self, letter: DeadLetter) -> None:
        await asyncio.to_thread(self._append, _line(letter))

    def read(self) -> list[DeadLetter]:
        """Return every letter, oldest first."""
        if not self.path.exists():
            return []
        return [_letter(line) for line in self.path.read_text(encoding="utf-8").splitlines()]

    def _append(self, line: str) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # A body holds what the owner trades: nobody else's to read.
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())


def _line(letter: DeadLetter) -> str:
    fields = {
        "queue": letter.queue,
        "error": letter.error,
        "died_at": letter.died_at.isoformat(),
    }
    try:
        fields["body"] = letter.body.decode()
    except UnicodeDecodeError:
        fields["body_base64"] = base64.b64encode(letter.body).decode()
    return json.dumps(fields)


def _letter(line: str) -> DeadLetter:
    fields = json.loads(line)
    body = fields.get("body")
    return DeadLetter(
        queue=fields["queue"],
        body=base64.b64decode(fields["body_base64"]) if body is None else body.encode(),
        error=fields["error"],
        died_at=datetime.fromisoformat(fields["died_at"]),
    )
