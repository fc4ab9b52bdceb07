"""Speaks with the client's process."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict

from bench.load import Answer, Plan


class BenchError(Exception):
    """A benchmark could not be carried out, or what it measured is not what it claims."""


class Client:
    """Sends alerts from a process of its own, which stays up between the rounds."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def burst(self, port: int, path: str, alerts: Sequence[str]) -> list[Answer]:
        """Send all alerts in one instant, each on a new connection."""
        return self.fire(Plan(port, path, [[alert] for alert in alerts]))

    def fire(self, plan: Plan) -> list[Answer]:
        """Return the answers; raise `BenchError` unless each is a 200."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(plan)) + "\n")
        self._process.stdin.flush()
        answers = [Answer(**fields) for fields in json.loads(self._process.stdout.readline())]
        refused = [answer for answer in answers if answer.status != 200]
        if refused:
            first = refused[0]
            raise BenchError(
                f"{len(refused)} of {len(answers)} alerts were not accepted, the first with "
                f"{first.status}: {first.body or 'no answer'}"
            )
        return answers


@contextmanager
def client() -> Iterator[Client]:
    command = [sys.executable, "-m", "bench.load"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Client(process)
        assert process.stdin is not None
        process.stdin.close()
