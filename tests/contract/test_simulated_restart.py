"""The simulator is killed at any moment, and its account goes on where it was."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.simulated_alpaca import control, trading_client, truth, until


@contextmanager
def simulator(data_dir: Path, port: int, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run `python -m novalgo_simulator`; kill it at the end, without a warning."""
    own = {"DATA_DIR": str(data_dir), "SIMULATOR_PORT": str(port), **settings}
    environ = {**os.environ, **{f"NOVALGO_{name}": value for name, value in own.items()}}
    process = subprocess.Popen([sys.executable, "-m", "novalgo_simulator"], env=environ)
    try:
        until(lambda: process.poll() is not None or answers(port), seconds=60)
        assert process.poll() is None, "the simulator did not start"
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/v2/clock", timeout=1).status_code == 401
    except (requests.ConnectionError, requests.Timeout):
        return False


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number: int = listener.getsockname()[1]
        return number


def buy(base: str, client_order_id: str) -> dict[str, Any]:
    asked = {"symbol": "AAPL", "qty": 1, "side": "buy", "type": "market", "time_in_force": "day"}
    order: Any = trading_client(base).post("/orders", {**asked, "client_order_id": client_order_id})
    return dict(order)


def all_ended(base: str) -> bool:
    return all(order["status"] == "filled" for order in truth(base)["orders"])


def test_orders_that_were_answered_survive_a_kill_and_fill(tmp_path: Path, port: int) -> None:
    base = f"http://127.0.0.1:{port}"
    for life in range(3):
        # Slow enough that the kill finds orders at every stage.
        with simulator(tmp_path, port, SIMULATOR_FILL_LATENCY="0.05"):
            for number in range(20):
                buy(base, f"{life}-{number}")

    with simulator(tmp_path, port):
        until(lambda: all_ended(base))
        account = truth(base)

    assert len(account["orders"]) == len({order["id"] for order in account["orders"]}) == 60
    assert account["positions"] == {"AAPL": "60"}
    assert account["orders_posted"] == 60
    assert sum(Decimal(fill["qty"]) for fill in account["fills"]) == 60
    spent = sum(Decimal(fill["qty"]) * Decimal(fill["price"]) for fill in account["fills"])
    assert Decimal(account["cash"]) == Decimal(account["starting_cash"]) - spent


def test_a_killed_market_stands_where_it_stood(tmp_path: Path, port: int) -> None:
    base = f"http://127.0.0.1:{port}"
    with simulator(tmp_path, port):
        control(base, "market", frozen=True)
        control(base, "price", symbol="AAPL", price="123.45")
        control(base, "session", open=False)
        order = buy(base, "queued")

    with simulator(tmp_path, port, SIMULATOR_CASH="5"):
        account = truth(base)
        control(base, "session", open=True)
        until(lambda: all_ended(base))
        filled = truth(base)["orders"][0]

    assert account["cash"] == account["starting_cash"] == "100000"
    assert (filled["id"], filled["filled_avg_price"]) == (order["id"], "123.46")
