"""The simulated trade_updates, through alpaca-py's TradingStream and over a bare socket."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import anyio
import pytest
from alpaca.trading.stream import TradingStream
from websockets.asyncio.client import ClientConnection, connect

from novalgo_common.simulated import ALPACA_KEY_ID, ALPACA_SECRET_KEY
from tests.simulated_alpaca import (
    control,
    serving_alpaca,
    simulator_settings,
    trading_client,
)

pytestmark = pytest.mark.anyio

Updates = list[dict[str, Any]]


@pytest.fixture
def base(tmp_path: Path) -> Iterator[str]:
    with serving_alpaca(simulator_settings(tmp_path)) as url:
        yield url


def buy(base: str, **changes: object) -> dict[str, Any]:
    asked = {"symbol": "AAPL", "qty": "4", "side": "buy", "type": "market", "time_in_force": "day"}
    placed: Any = trading_client(base).post("/orders", {**asked, **changes})
    return dict(placed)


@asynccontextmanager
async def trading_stream(base: str) -> AsyncIterator[Updates]:
    """Yield the list that alpaca-py's stream fills."""
    updates: Updates = []

    async def heard(message: Any) -> None:
        updates.append(message["data"])

    url = base.replace("http", "ws") + "/stream"
    stream = TradingStream(ALPACA_KEY_ID, ALPACA_SECRET_KEY, raw_data=True, url_override=url)
    stream.subscribe_trade_updates(heard)
    running = asyncio.create_task(stream._run_forever())  # type: ignore[no-untyped-call]
    try:
        yield updates
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await stream.close()


async def heard_by(updates: Updates, order: dict[str, Any], last: str) -> Updates:
    """Wait for the order's last event; return all of the order's."""
    with anyio.fail_after(20):
        while True:
            found = [update for update in updates if update["order"]["id"] == order["id"]]
            if found and found[-1]["event"] == last:
                return found
            await anyio.sleep(0.01)


async def listened(base: str, updates: Updates) -> None:
    """Trade until the stream says so: alpaca-py does not tell when it listens."""
    with anyio.fail_after(20):
        while not updates:
            await anyio.to_thread.run_sync(lambda: buy(base, symbol="SPY", qty="1"))
            await anyio.sleep(0.05)


async def test_alpaca_py_hears_every_step_of_an_order(base: str) -> None:
    async with trading_stream(base) as updates:
        await listened(base, updates)
        order = await anyio.to_thread.run_sync(lambda: buy(base))
        steps = await heard_by(updates, order, "fill")

    assert [step["event"] for step in steps] == ["pending_new", "new", "fill"]
    assert (steps[-1]["qty"], steps[-1]["position_qty"]) == ("4", "4")
    assert steps[-1]["order"]["status"] == "filled"
    assert steps[-1]["price"] == steps[-1]["order"]["filled_avg_price"]


async def test_a_partial_fill_is_told_before_the_rest(tmp_path: Path) -> None:
    settings = simulator_settings(tmp_path, simulator_partial_fills=Decimal(1))
    with serving_alpaca(settings) as base:
        async with trading_stream(base) as updates:
            await listened(base, updates)
            order = await anyio.to_thread.run_sync(lambda: buy(base, symbol="MSFT", qty="100"))
            steps = await heard_by(updates, order, "fill")

    partial, last = steps[-2:]
    assert (partial["event"], last["event"]) == ("partial_fill", "fill")
    assert Decimal(partial["qty"]) + Decimal(last["qty"]) == 100
    assert partial["position_qty"] == partial["order"]["filled_qty"] == partial["qty"]
    assert partial["order"]["status"] == "partially_filled"
    assert partial["execution_id"] != last["execution_id"]


async def test_the_market_confirms_a_cancel_in_its_own_time(base: str) -> None:
    await anyio.to_thread.run_sync(lambda: control(base, "session", open=False))
    async with trading_stream(base) as updates:
        await listened(base, updates)
        order = await anyio.to_thread.run_sync(lambda: buy(base))
        await anyio.to_thread.run_sync(lambda: trading_client(base).cancel_order_by_id(order["id"]))
        steps = await heard_by(updates, order, "canceled")

    assert [step["event"] for step in steps] == ["accepted", "pending_cancel", "canceled"]


async def said(socket: ClientConnection, action: str, **data: object) -> tuple[str | bytes, Any]:
    await socket.send(json.dumps({"action": action, "data": data}))
    frame = await socket.recv()
    return frame, json.loads(frame)


@pytest.mark.parametrize(("frames", "kind"), [("binary", bytes), ("text", str)])
async def test_frames_are_binary_unless_set_to_text(
    tmp_path: Path, frames: str, kind: type
) -> None:
    with serving_alpaca(simulator_settings(tmp_path, simulator_frames=frames)) as base:
        async with connect(base.replace("http", "ws") + "/stream") as socket:
            frame, authorized = await said(
                socket, "authenticate", key_id=ALPACA_KEY_ID, secret_key=ALPACA_SECRET_KEY
            )
            _, listening = await said(socket, "listen", streams=["trade_updates"])

    assert isinstance(frame, kind)
    assert authorized["data"]["status"] == "authorized"
    assert listening == {"stream": "listening", "data": {"streams": ["trade_updates"]}}


async def test_wrong_keys_hear_nothing(base: str) -> None:
    async with connect(base.replace("http", "ws") + "/stream") as socket:
        _, answer = await said(socket, "authenticate", key_id="nobody", secret_key="nothing")
        assert answer["data"]["status"] == "unauthorized"
        await socket.wait_closed()


async def test_whoever_is_told_that_it_listens_misses_nothing(base: str) -> None:
    async with connect(base.replace("http", "ws") + "/stream") as socket:
        keys = {"key_id": ALPACA_KEY_ID, "secret_key": ALPACA_SECRET_KEY}
        await said(socket, "authenticate", **keys)
        await said(socket, "listen", streams=["trade_updates"])
        await anyio.to_thread.run_sync(lambda: buy(base))

        first = json.loads(await socket.recv())

    assert first["data"]["event"] == "pending_new"
