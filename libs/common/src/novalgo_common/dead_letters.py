"""Messages that could not be handled, kept in a file for people to read and to send again."""

import asyncio
import base64
import json
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Protocol

MOST_READ = 500
"""Of the dead letters, the oldest are told; who mends their cause sees the others then."""
_ID_DIGITS = 16


@dataclass(frozen=True)
class DeadLetter:
    """A message, the queue that it lay in, and why it could not be handled."""

    queue: str
    body: bytes
    error: str
    died_at: datetime | None
    """None where RabbitMQ does not tell."""

    @property
    def letter_id(self) -> str:
        """Return its name: the same for the same message, should it die again."""
        return sha256(self.queue.encode() + b"\0" + self.body).hexdigest()[:_ID_DIGITS]


class DeadLetters(Protocol):
    """Where a LocalBus keeps them."""

    async def add(self, letter: DeadLetter) -> None:
        """Keep the letter; it is safe when this returns.  Raise `OSError` where it is not."""

    async def oldest(self) -> Sequence[DeadLetter]:
        """Return the letters, oldest first, at most `MOST_READ` of them."""

    async def remove(self, letter: DeadLetter) -> None:
        """Forget the letter, once where it lies there twice."""

    def count(self) -> int:
        """Return how many there are."""


@dataclass(frozen=True)
class FileDeadLetters:
    """One JSON object a line, oldest first.  `body` is the message's text, else `body_base64`."""

    path: Path
    _counted: dict[tuple[int, int], int] = field(default_factory=dict, compare=False)
    _writing: threading.Lock = field(default_factory=threading.Lock, compare=False)

    async def add(self, letter: DeadLetter) -> None:
        await asyncio.to_thread(self._append, _line(letter))

    async def oldest(self) -> Sequence[DeadLetter]:
        return (await asyncio.to_thread(self.read))[:MOST_READ]

    async def remove(self, letter: DeadLetter) -> None:
        await asyncio.to_thread(self._remove, letter.letter_id)

    def count(self) -> int:
        """Return how many there are; the file is read again only when it has changed."""
        try:
            found = self.path.stat()
        except OSError:
            return 0
        state = (found.st_mtime_ns, found.st_size)
        if state not in self._counted:
            lines = self.path.read_bytes().count(b"\n")
            self._counted.clear()
            self._counted[state] = lines
        return self._counted[state]

    def read(self) -> list[DeadLetter]:
        """Return every letter, oldest first."""
        return [_letter(line) for line in self._lines()]

    def _lines(self) -> list[str]:
        if not self.path.exists():
            return []
        return self.path.read_text(encoding="utf-8").splitlines()

    def _append(self, line: str) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._writing:
            _write(self.path, os.O_APPEND, [line])

    def _remove(self, letter_id: str) -> None:
        with self._writing:
            lines = self._lines()
            gone = next(
                (at for at, line in enumerate(lines) if _letter(line).letter_id == letter_id), None
            )
            if gone is None:
                return
            draft = self.path.with_suffix(".part")
            _write(draft, os.O_TRUNC, lines[:gone] + lines[gone + 1 :])
            draft.replace(self.path)


def _write(path: Path, how: int, lines: Sequence[str]) -> None:
    # A body holds what the owner trades: nobody else's to read.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())


def _line(letter: DeadLetter) -> str:
    fields = {
        "queue": letter.queue,
        "error": letter.error,
        "died_at": letter.died_at.isoformat() if letter.died_at else None,
    }
    try:
        fields["body"] = letter.body.decode()
    except UnicodeDecodeError:
        fields["body_base64"] = base64.b64encode(letter.body).decode()
    return json.dumps(fields)


def _letter(line: str) -> DeadLetter:
    try:
        fields = json.loads(line)
        body, died_at = fields.get("body"), fields["died_at"]
        return DeadLetter(
            queue=fields["queue"],
            body=base64.b64decode(fields["body_base64"]) if body is None else body.encode(),
            error=fields["error"],
            died_at=datetime.fromisoformat(died_at) if died_at else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        # A process that died while it wrote; the others must still be read.
        return DeadLetter("", line.encode(), "this line of the file is damaged", None)
