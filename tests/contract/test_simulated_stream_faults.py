"""What can go wrong on the simulated trade_updates stream, over a bare socket and alpaca-py."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from novalgo_common.simulated import ALPACA_KEY_ID, ALPACA_SECRET_KEY
from tests.simulated_alpaca import control, serving_alpaca, simulator_settings, trading_client

pytestmark = pytest.mark.anyio


@pytest.fixture
def base(tmp_path: Path) -> Iterator[str]:
    with serving_alpaca(simulator_settings(tmp_path)) as url:
        yield url


@asynccontextmanager
async def listener(base: str, **options: Any) -> AsyncIterator[ClientConnection]:
    """Yield a connection that was let in, and was told that it listens."""
    async with connect(base.replace("http", "ws") + "/stream", **options) as socket:
        keys = {"action": "auth", "key": ALPACA_KEY_ID, "secret": ALPACA_SECRET_KEY}
        await socket.send(json.dumps(keys))
        await socket.send(json.dumps({"action": "listen", "data": {"streams": ["trade_updates"]}}))
        for _ in range(2):
            await socket.recv()
        yield socket


async def faults(base: str, **script: object) -> None:
    await anyio.to_thread.run_sync(lambda: control(base, "faults", **script))


async def buy(base: str) -> None:
    """Trade, and so have three updates told: accepted, at the market, filled."""
    asked = {"symbol": "AAPL", "qty": "1", "side": "buy", "type": "market", "time_in_force": "day"}
    await anyio.to_thread.run_sync(lambda: trading_client(base).post("/orders", asked))


async def heard(socket: ClientConnection, count: int) -> list[str]:
    """Return so many events, `corrupt` for what is no JSON."""
    events = []
    with anyio.fail_after(20):
        for _ in range(count):
            frame = await socket.recv()
            try:
                events.append(json.loads(frame)["data"]["event"])
            except ValueError:
                events.append("corrupt")
    return events


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        pytest.param("duplicated", ["pending_new", "pending_new", "new", "new"], id="twice"),
        pytest.param("corrupt", ["corrupt", "corrupt", "corrupt"], id="cut off"),
    ],
)
async def test_updates_are_spoiled(base: str, fault: str, told: list[str]) -> None:
    await faults(base, updates=[{"fault": fault}])
    async with listener(base) as socket:
        await buy(base)

        assert await heard(socket, len(told)) == told


async def test_an_update_comes_after_the_next_one(base: str) -> None:
    async with listener(base) as socket:
        await faults(base, updates=[{"fault": "reordered"}], halted=["AAPL"])
        await buy(base)  # the market tells of `new` in the place of `pending_new`
        assert await heard(socket, 1) == ["pending_new"]

        await faults(base)

        assert await heard(socket, 2) == ["fill", "new"]


async def test_updates_are_missing_until_the_fault_ends(base: str) -> None:
    async with listener(base) as socket:
        await faults(base, updates=[{"fault": "missing"}], halted=["AAPL"])
        await buy(base)
        await faults(base)

        assert await heard(socket, 1) == ["fill"]


async def test_a_mute_socket_answers_pings_and_tells_nothing(base: str) -> None:
    await faults(base, stream={"manner": "mute"})

    async with listener(base) as socket:
        await buy(base)
        with anyio.fail_after(20):
            await (await socket.ping())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await socket.recv()


async def test_a_dead_socket_does_not_even_answer_pings(base: str) -> None:
    await faults(base, stream={"manner": "dead"})

    with pytest.raises(ConnectionClosed, match="keepalive ping timeout"), anyio.fail_after(20):
        async with listener(base, ping_interval=0.2, ping_timeout=0.3, close_timeout=0.1) as socket:
            await socket.recv()


async def test_a_second_connection_is_refused_until_the_first_has_ended(base: str) -> None:
    await faults(base, stream={"one_connection": True})

    async with listener(base):
        with pytest.raises(InvalidStatus) as refused:
            async with listener(base):
                pass
    with anyio.fail_after(20):
        await _let_in(base)

    assert refused.value.response.status_code == 429


async def _let_in(base: str) -> None:
    while True:
        try:
            async with listener(base):
                return
        except InvalidStatus:
            await anyio.sleep(0.01)
