"""What the network and the broker can do to an order, and that it stands at most once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from novalgo_common.clock import utc_now
from novalgo_common.events import Action, Ending, FillRecorded, OrderEnded, Reason
from novalgo_executor.alpaca import measured
from novalgo_simulator.faults import Answer, Fault, Hang, NoFaults, OddStatus
from tests.builders import a_config_changed, a_config_row
from tests.running_executor import running_executor
from tests.simulated_alpaca import serving_alpaca, simulator_settings, truth
from tests.waiting import until

pytestmark = pytest.mark.anyio

HTML = b"<html><body>bad gateway</body></html>"
NOT_UNIQUE = b'{"code": 40010001, "message": "client_order_id must be unique"}'


async def cut_after_accepting(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Carry the request out, then close the connection without a word."""

    async def unheard(_message: object) -> None:
        return None

    await app(scope, receive, unheard)
    raise ConnectionResetError


async def full_for_a_second(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer that the request budget is used up, and that there is more of it soon."""
    reset = str(int(utc_now().timestamp()) + 1).encode()
    headers = [(b"content-type", b"application/json"), (b"x-ratelimit-reset", reset)]
    await send({"type": "http.response.start", "status": 429, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"message": "too many requests"}'})


class OnOrders(NoFaults):
    """Spoils the first submits; `mute` keeps the stream from telling anything."""

    def __init__(self, *spoiled: Fault, mute: bool = False) -> None:
        self.spoiled = list(spoiled)
        self.mute = mute

    def on_request(self, method: str, path: str, number: int) -> Fault | None:
        if method == "POST" and path == "/v2/orders" and self.spoiled:
            return self.spoiled.pop(0)
        return None

    def on_update(self, frame: str, number: int) -> Sequence[str]:
        return () if self.mute else (frame,)


@contextmanager
def alpaca_with(faults: OnOrders, tmp_path: Path) -> Iterator[str]:
    settings = simulator_settings(tmp_path / "alpaca", simulator_step=3600)
    with serving_alpaca(settings, faults=faults) as base:
        yield base


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Answer(status=504, carried_out=True), id="504 after the order was taken"),
        pytest.param(Answer(status=500, carried_out=True), id="500 after the order was taken"),
        pytest.param(
            Answer(status=502, body=HTML, content_type=b"text/html", carried_out=True),
            id="a gateway's page after the order was taken",
        ),
        pytest.param(
            Answer(status=200, body=HTML, content_type=b"text/html", carried_out=True),
            id="200 with a page that is no answer",
        ),
        pytest.param(
            Answer(status=200, body=b'{"id": "cut of', carried_out=True), id="half an answer"
        ),
        pytest.param(cut_after_accepting, id="the connection is cut after the order was taken"),
        pytest.param(OddStatus(), id="an order status that nobody knows"),
        pytest.param(
            Answer(status=422, body=NOT_UNIQUE, carried_out=True), id="the id must be unique"
        ),
    ],
)
async def test_an_order_whose_answer_is_lost_is_found_by_its_id_and_stands_once(
    fault: Fault, tmp_path: Path
) -> None:
    with alpaca_with(OnOrders(fault, mute=True), tmp_path) as alpaca:
        async with running_executor(tmp_path, alpaca) as executor:
            ended = await executor.trade(Action.BUY)

        assert ended.ending is Ending.FILLED
        account = truth(alpaca)
        assert account["orders_posted"] == 1
        assert Decimal(account["positions"]["AAPL"]) == ended.held


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_an_order_that_was_never_taken_ends_as_unknown_and_is_not_sent_again(
    status: int, tmp_path: Path
) -> None:
    with alpaca_with(OnOrders(Answer(status=status)), tmp_path) as alpaca:
        async with running_executor(tmp_path, alpaca, unknown_grace_seconds=2) as executor:
            ended = await executor.trade(Action.BUY)
            again = await executor.trade(Action.BUY)

        assert (ended.ending, ended.reason) == (Ending.FAILED, Reason.OUTCOME_UNKNOWN)
        assert again.ending is Ending.FILLED
        assert len(truth(alpaca)["orders"]) == 1


@pytest.mark.parametrize(
    ("taken", "ending"),
    [
        pytest.param(True, Ending.FILLED, id="it was taken"),
        pytest.param(False, Ending.FAILED, id="it was not"),
    ],
)
async def test_a_request_that_hangs_is_given_up_and_its_order_looked_up(
    taken: bool, ending: Ending, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measured, "TIMEOUT", (3.05, 0.5))
    with alpaca_with(OnOrders(Hang(carried_out=taken)), tmp_path) as alpaca:
        async with running_executor(tmp_path, alpaca, unknown_grace_seconds=2) as executor:
            ended = await executor.trade(Action.BUY)

        assert ended.ending is ending
        assert len(truth(alpaca)["orders"]) == taken


async def test_a_full_request_budget_is_waited_out(tmp_path: Path) -> None:
    with alpaca_with(OnOrders(full_for_a_second), tmp_path) as alpaca:
        async with running_executor(tmp_path, alpaca) as executor:
            ended = await executor.trade(Action.BUY)

        assert ended.ending is Ending.FILLED
        assert len(truth(alpaca)["orders"]) == 1


async def test_a_mute_stream_only_delays(tmp_path: Path) -> None:
    with alpaca_with(OnOrders(mute=True), tmp_path) as alpaca:
        async with running_executor(tmp_path, alpaca) as executor:
            opened = await executor.trade(Action.BUY)
            reversed_ = await executor.trade(Action.SELL)

        assert (opened.ending, reversed_.ending) == (Ending.FILLED, Ending.FILLED)
        assert Decimal(truth(alpaca)["positions"]["AAPL"]) == reversed_.held
        assert sum(fill.quantity for fill in executor.of(FillRecorded)) == (
            2 * opened.held - reversed_.held
        )


async def test_a_restart_finds_the_order_whose_answer_never_came(tmp_path: Path) -> None:
    with alpaca_with(OnOrders(Answer(status=504, carried_out=True), mute=True), tmp_path) as alpaca:
        async with running_executor(tmp_path, alpaca) as executor:
            signal_id = await executor.send(Action.BUY)
            await until(lambda: bool(truth(alpaca)["orders"]))
        async with running_executor(tmp_path, alpaca, sequence=1) as restarted:
            await until(lambda: bool(executor.of(OrderEnded)) or bool(restarted.of(OrderEnded)))
            closed = await restarted.trade(Action.CLOSE)

        assert closed.ending is Ending.FILLED
        posted = [order["client_order_id"] for order in truth(alpaca)["orders"]]
        assert posted == [f"nv-{signal_id.hex}-open", f"nv-{closed.correlation_id.hex}-close"]


async def test_partial_fills_are_all_counted(tmp_path: Path) -> None:
    settings = simulator_settings(
        tmp_path / "alpaca", simulator_step=3600, simulator_partial_fills=Decimal(1)
    )
    config = a_config_changed(rows=[a_config_row(position_size=Decimal(9000))])
    with serving_alpaca(settings) as alpaca:
        async with running_executor(tmp_path, alpaca, config) as executor:
            opened = await executor.trade(Action.SELL)
            reversed_ = await executor.trade(Action.BUY)

        assert len(executor.of(FillRecorded)) > 3
        assert opened.held < 0 < reversed_.held
        assert Decimal(truth(alpaca)["positions"]["AAPL"]) == reversed_.held
