"""The client: a process of its own, on bare sockets, so that it costs the servers little.

`python -m bench.load` reads one plan a line from its input and answers with one line each.
"""

import json
import selectors
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

PATIENCE = 60.0
"""Seconds that a plan may take; what is unanswered then has the status 0."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Connections that open in one instant; each sends its alerts one after the other."""

    port: int
    path: str
    connections: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one alert."""

    alert: str
    sent_at: float
    """Seconds since 1970."""
    seconds: float
    """From before the connection was opened, or from the answer before, to the last byte."""
    status: int
    body: str


class _Connection:
    def __init__(self, plan: Plan, alerts: Iterator[str]) -> None:
        self._plan = plan
        self._alerts = alerts
        self._alert = next(alerts)
        self._received = b""
        self._start()
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.connect_ex(("127.0.0.1", plan.port))

    def _start(self) -> None:
        self._sent_at, self._began = time.time(), time.perf_counter()

    def send(self) -> None:
        body = self._alert.encode()
        head = (
            f"POST {self._plan.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.socket.sendall(head.encode() + body)

    def receive(self) -> Answer | None:
        """Take in what has arrived; return the answer once it is whole, or cut off."""
        chunk = self.socket.recv(65536)
        self._received += chunk
        if not chunk:
            return self.answer(0, "")
        head, blank, body = self._received.partition(b"\r\n\r\n")
        if not blank or len(body) < _content_length(head):
            return None
        return self.answer(int(head.split(maxsplit=2)[1]), body.decode())

    def answer(self, status: int, body: str) -> Answer:
        seconds = time.perf_counter() - self._began
        return Answer(self._alert, self._sent_at, seconds, status, body)

    def go_on(self) -> bool:
        """Send the next alert, if there is one."""
        following = next(self._alerts, None)
        if following is None:
            return False
        self._alert, self._received = following, b""
        self._start()
        self.send()
        return True


def fire(plan: Plan) -> list[Answer]:
    """Carry out a plan; return every alert's answer."""
    answers = []
    deadline = time.monotonic() + PATIENCE
    with selectors.DefaultSelector() as selector:
        for alerts in plan.connections:
            connection = _Connection(plan, iter(alerts))
            selector.register(connection.socket, selectors.EVENT_WRITE, connection)
        while selector.get_map() and time.monotonic() < deadline:
            for key, events in selector.select(timeout=1):
                answer = _attend(selector, key.data, events)
                if answer is not None:
                    answers.append(answer)
        answers += [_give_up(key.data) for key in selector.get_map().values()]
    return answers


def _attend(
    selector: selectors.BaseSelector, connection: _Connection, events: int
) -> Answer | None:
    try:
        if events & selectors.EVENT_WRITE:
            connection.send()
            selector.modify(connection.socket, selectors.EVENT_READ, connection)
            return None
        answer = connection.receive()
        if answer is None or (answer.status and connection.go_on()):
            return answer
    except OSError:
        answer = connection.answer(0, "")
    selector.unregister(connection.socket)
    connection.socket.close()
    return answer


def _give_up(connection: _Connection) -> Answer:
    connection.socket.close()
    return connection.answer(0, "")


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def main() -> None:
    for line in sys.stdin:
        answers = fire(Plan(**json.loads(line)))
        print(json.dumps([asdict(answer) for answer in answers]), flush=True)


if __name__ == "__main__":
    main()
