"""What a connection carries: no order while the other side may be closing it, or while another
executor may be trading."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from novalgo_executor.alpaca import connections
from novalgo_executor.alpaca.errors import NotOursError
from novalgo_executor.alpaca.measured import MeasuredAdapter
from novalgo_executor.metrics import Metrics
from tests.certificates import Authority


class Broker(ThreadingHTTPServer):
    """Answers each whole request with the port that it came from: connections have their own."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), TellsThePort)
        self.connected = threading.Event()
        self.asked: list[str] = []

    def get_request(self) -> tuple[socket.socket, Any]:
        connection = super().get_request()
        self.connected.set()
        return connection


class TellsThePort(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Broker

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def _answer(self) -> None:
        size = int(self.headers.get("Content-Length", "0"))
        if len(self.rfile.read(size)) < size:
            return
        self.server.asked.append(self.command)
        body = str(self.client_address[1]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return None


@dataclass
class Executor:
    """Sends requests to a broker; each returns the port that it came from."""

    broker: Broker
    base: str
    session: requests.Session
    fence: Callable[[], bool] = lambda: True

    def may_act(self) -> bool:
        return self.fence()

    def ask(self) -> int:
        return int(self.session.get(self.base).text)

    def post(self) -> int:
        return int(self.session.post(self.base, json={"symbol": "AAPL"}).text)

    def delete(self) -> int:
        return int(self.session.delete(self.base).text)


@pytest.fixture(params=["http", "https"])
def executor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Executor]:
    authority = Authority(tmp_path)
    with Broker() as broker:
        if request.param == "https":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(authority.sign("a broker"))
            broker.socket = context.wrap_socket(broker.socket, server_side=True)
        thread = threading.Thread(target=broker.serve_forever)
        thread.start()
        with requests.Session() as session:
            base = f"{request.param}://127.0.0.1:{broker.server_port}"
            executor = Executor(broker, base, session)
            session.trust_env = False
            session.verify = str(authority.file)
            session.mount(
                base, MeasuredAdapter("trading", executor.may_act, Metrics(), connections=2)
            )
            yield executor
        broker.shutdown()
        thread.join()


def test_a_connection_just_used_is_used_again(executor: Executor) -> None:
    assert executor.post() == executor.post() == executor.post()


def test_a_connection_that_lay_idle_is_opened_anew(
    executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "IDLE", 0.0)
    assert executor.post() != executor.post()


@pytest.mark.parametrize("act", [Executor.post, Executor.delete])
def test_who_is_replaced_while_connecting_changes_nothing(
    executor: Executor, act: Callable[[Executor], int]
) -> None:
    executor.fence = lambda: not executor.broker.connected.wait(10)

    with pytest.raises(NotOursError):
        act(executor)

    assert executor.broker.asked == []


def test_an_order_never_becomes_whole_whose_executor_is_replaced_within_it(
    executor: Executor,
) -> None:
    answers = iter([True, False])
    executor.fence = lambda: next(answers)

    with pytest.raises(NotOursError):
        executor.post()

    assert executor.broker.asked == []


def test_who_may_not_act_may_ask(executor: Executor) -> None:
    executor.fence = lambda: False

    executor.ask()

    assert executor.broker.asked == ["GET"]
