"""A connection that the other side may be closing just now carries no order."""

import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from novalgo_executor.alpaca import connections
from novalgo_executor.alpaca.measured import MeasuredAdapter
from novalgo_executor.metrics import Metrics
from tests.certificates import Authority

Post = Callable[[], int]
"""Posts, and returns the port that the request came from: every connection has its own."""


class TellsThePort(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = str(self.client_address[1]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return None


@pytest.fixture(params=["http", "https"])
def post(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Post]:
    authority = Authority(tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), TellsThePort) as server:
        if request.param == "https":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(authority.sign("a broker"))
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        base = f"{request.param}://127.0.0.1:{server.server_port}"
        with requests.Session() as session:
            session.trust_env = False
            session.mount(base, MeasuredAdapter("trading", Metrics(), connections=2))
            yield lambda: int(session.post(base, verify=str(authority.file)).text)
        server.shutdown()
        thread.join()


def test_a_connection_just_used_is_used_again(post: Post) -> None:
    assert post() == post() == post()


def test_a_connection_that_lay_idle_is_opened_anew(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "IDLE", 0.0)
    assert post() != post()
