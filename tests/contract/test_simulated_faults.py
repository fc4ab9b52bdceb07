"""Each scripted fault as alpaca-py, or a bare websocket, meets it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
from alpaca.common.exceptions import APIError
from alpaca.trading.client import TradingClient
from alpaca.trading.enums import OrderSide, TimeInForce
from alpaca.trading.requests import MarketOrderRequest
from pydantic import ValidationError
from starlette.types import ASGIApp, Receive, Scope, Send

from novalgo_simulator.faults import Fault, NoFaults
from tests.simulated_alpaca import (
    control,
    serving_alpaca,
    simulator_settings,
    trading_client,
    truth,
    until,
)

ORDERS = {"method": "POST", "path": "/v2/orders"}
ASKED = {"symbol": "AAPL", "qty": "4", "side": "buy", "type": "market", "time_in_force": "day"}


@pytest.fixture
def base(tmp_path: Path) -> Iterator[str]:
    with serving_alpaca(simulator_settings(tmp_path)) as url:
        yield url


def impatient(base: str, *, seconds: float = 20, raw: bool = True) -> TradingClient:
    """Return a client that repeats nothing and waits so long for an answer."""
    client = trading_client(base, raw=raw)
    client._retry = 0
    ask: Any = client._session.request
    client._session.request = partial(ask, timeout=seconds)  # type: ignore[method-assign]
    return client


def buy(client: TradingClient, **changes: object) -> dict[str, Any]:
    placed: Any = client.post("/orders", {**ASKED, **changes})
    return dict(placed)


def a_request(client_order_id: str) -> MarketOrderRequest:
    return MarketOrderRequest(
        symbol="AAPL",
        qty=4,
        side=OrderSide.BUY,
        time_in_force=TimeInForce.DAY,
        client_order_id=client_order_id,
    )


def stands(base: str, client_order_id: str) -> bool:
    return any(order["client_order_id"] == client_order_id for order in truth(base)["orders"])


def order_is(base: str, order: dict[str, Any], status: str, filled: str) -> bool:
    now: Any = trading_client(base).get(f"/orders/{order['id']}")
    return (now["status"], now["filled_qty"]) == (status, filled)


@pytest.mark.parametrize("taken", [False, True])
@pytest.mark.parametrize("status", [500, 503, 504])
def test_an_order_may_stand_or_not_behind_an_error(base: str, status: int, taken: bool) -> None:
    control(
        base, "faults", requests=[{**ORDERS, "fault": "error", "status": status, "taken": taken}]
    )

    with pytest.raises(APIError) as raised:
        buy(impatient(base), client_order_id="lost")

    assert raised.value.status_code == status
    assert stands(base, "lost") is taken


def test_a_gateway_answers_with_a_page(base: str) -> None:
    control(base, "faults", requests=[{**ORDERS, "fault": "html", "status": 502, "taken": True}])

    with pytest.raises(APIError) as raised:
        buy(impatient(base), client_order_id="lost")

    with pytest.raises(json.JSONDecodeError):
        _ = raised.value.code
    assert stands(base, "lost")


def test_the_limit_of_requests_is_reached_once_and_says_when_it_ends(base: str) -> None:
    control(base, "faults", requests=[{"fault": "error", "status": 429, "times": 1}])

    with pytest.raises(APIError) as raised:
        impatient(base).get_clock()
    impatient(base).get_clock()

    assert raised.value.status_code == 429
    assert raised.value.response.headers["X-RateLimit-Reset"].isdigit()


def test_what_a_fault_says_of_the_limit_is_said_once(tmp_path: Path) -> None:
    async def full(_app: ASGIApp, _scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"x-ratelimit-reset", b"1900000000")]
        await send({"type": "http.response.start", "status": 429, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})

    class Full(NoFaults):
        def on_request(self, _method: str, _path: str, _number: int) -> Fault:
            return full

    with (
        serving_alpaca(simulator_settings(tmp_path), faults=Full()) as base,
        pytest.raises(APIError) as raised,
    ):
        impatient(base).get_clock()

    assert raised.value.response.headers["X-RateLimit-Reset"] == "1900000000"
    assert raised.value.response.headers["X-RateLimit-Limit"] == "100000"


@pytest.mark.parametrize("taken", [False, True])
def test_a_connection_is_reset_before_or_after_the_order_is_taken(base: str, taken: bool) -> None:
    control(base, "faults", requests=[{**ORDERS, "fault": "reset", "taken": taken}])

    # The client sees the reset, or, where it looks a moment later, only that nothing came.
    with pytest.raises(requests.ConnectionError, match=r"reset by peer|without response"):
        buy(impatient(base), client_order_id="lost")

    assert stands(base, "lost") is taken


@pytest.mark.parametrize("taken", [False, True])
def test_a_request_hangs_until_the_client_gives_up(base: str, taken: bool) -> None:
    control(base, "faults", requests=[{**ORDERS, "fault": "hang", "taken": taken}])

    with pytest.raises(requests.ReadTimeout):
        buy(impatient(base, seconds=0.5), client_order_id="lost")

    assert stands(base, "lost") is taken


def test_an_answer_comes_late(base: str) -> None:
    control(base, "faults", requests=[{"path": "/v2/clock", "fault": "latency", "seconds": 1}])

    with pytest.raises(requests.ReadTimeout):
        impatient(base, seconds=0.2).get_clock()

    assert impatient(base).get_clock()


def test_an_order_that_stands_has_a_status_that_nobody_knows(base: str) -> None:
    control(base, "faults", requests=[{**ORDERS, "fault": "unknown_status"}])

    assert buy(impatient(base))["status"] == "quarantined"
    with pytest.raises(ValidationError, match="status"):
        impatient(base, raw=False).submit_order(a_request("lost"))
    assert stands(base, "lost")


def test_the_answer_to_an_order_that_stands_breaks_off(base: str) -> None:
    control(base, "faults", requests=[{**ORDERS, "fault": "half_answer"}])

    with pytest.raises(requests.JSONDecodeError):
        buy(impatient(base), client_order_id="lost")

    assert stands(base, "lost")


def test_only_so_many_of_the_requests_that_fit_are_hit(base: str) -> None:
    control(base, "faults", requests=[{**ORDERS, "fault": "error", "times": 2}])
    client = impatient(base)

    for _ in range(2):
        with pytest.raises(APIError):
            buy(client)

    assert buy(client)["status"] == "pending_new"
    assert len(truth(base)["orders"]) == 1


def test_an_order_is_accepted_and_then_rejected_by_the_market(base: str) -> None:
    control(base, "faults", orders=[{"fate": "rejected"}])

    order = buy(trading_client(base))

    assert order["status"] == "pending_new"
    until(lambda: order_is(base, order, "rejected", "0"))


def test_an_order_is_held_until_its_fate_is_another(base: str) -> None:
    control(base, "faults", orders=[{"fate": "held", "symbols": ["AAPL"]}])
    order, other = buy(trading_client(base)), buy(trading_client(base), symbol="MSFT")
    until(lambda: order_is(base, other, "filled", "4"))
    until(lambda: order_is(base, order, "new", "0"))

    control(base, "faults")

    until(lambda: order_is(base, order, "filled", "4"))


def test_an_order_is_held_for_some_seconds(base: str) -> None:
    control(base, "faults", orders=[{"fate": "held", "seconds": 0.3}])

    order = buy(trading_client(base))

    until(lambda: order_is(base, order, "filled", "4"))
    assert len(truth(base)["fills"]) == 1


def test_an_order_fills_in_part_and_stalls(base: str) -> None:
    control(base, "faults", orders=[{"fate": "stalled"}])
    order = buy(trading_client(base))
    until(lambda: order_is(base, order, "partially_filled", "2"))

    trading_client(base).cancel_order_by_id(order["id"])

    until(lambda: order_is(base, order, "canceled", "2"))


def test_the_market_cancels_the_rest_of_an_order(base: str) -> None:
    control(base, "faults", orders=[{"fate": "canceled"}])

    order = buy(trading_client(base))

    until(lambda: order_is(base, order, "canceled", "2"))
    assert truth(base)["positions"] == {"AAPL": "2"}


def test_nothing_fills_in_a_halted_symbol(base: str) -> None:
    control(base, "faults", halted=["AAPL"])
    order = buy(trading_client(base))
    until(lambda: order_is(base, order, "new", "0"))

    control(base, "faults")

    until(lambda: order_is(base, order, "filled", "4"))


def test_alpacas_clock_differs_from_ours(base: str) -> None:
    control(base, "faults", clock_skew_seconds=-600)

    clock: Any = trading_client(base).get_clock()

    behind = datetime.now(UTC) - datetime.fromisoformat(clock["timestamp"])
    assert 590 < behind.total_seconds() < 630


def test_a_split_multiplies_the_shares_and_cancels_the_open_orders(base: str) -> None:
    control(base, "price", symbol="AAPL", price="200")
    held = buy(trading_client(base))
    until(lambda: order_is(base, held, "filled", "4"))
    resting = buy(trading_client(base), type="limit", limit_price="1")

    control(base, "faults", actions=[{"do": "split", "symbol": "AAPL", "ratio": "4"}])

    position: Any = trading_client(base).get_open_position("AAPL")
    assert (position["qty"], position["current_price"]) == ("16", "50")
    assert Decimal(position["cost_basis"]) == 4 * Decimal("200.01")
    assert order_is(base, resting, "canceled", "0")


def test_somebody_trades_by_hand(base: str) -> None:
    trade = {"do": "manual_trade", "symbol": "AAPL", "side": "buy", "qty": "3"}

    control(base, "faults", actions=[trade])

    until(lambda: truth(base)["positions"] == {"AAPL": "3"})


def test_a_reset_account_has_no_orders_and_its_first_cash(base: str) -> None:
    order = buy(trading_client(base))
    until(lambda: order_is(base, order, "filled", "4"))

    control(base, "faults", actions=[{"do": "reset"}])

    client = trading_client(base)
    account: Any = client.get_account()
    assert (client.get_all_positions(), client.get_orders()) == ([], [])
    assert account["cash"] == "100000"
    with pytest.raises(APIError) as raised:
        client.get_order_by_id(order["id"])
    assert raised.value.status_code == 404


def test_a_split_and_a_reset_are_kept_over_a_restart(tmp_path: Path) -> None:
    with serving_alpaca(simulator_settings(tmp_path)) as base:
        order = buy(trading_client(base))
        until(lambda: order_is(base, order, "filled", "4"))
        control(base, "faults", actions=[{"do": "split", "symbol": "AAPL", "ratio": "2"}])
    with serving_alpaca(simulator_settings(tmp_path)) as base:
        after_split = truth(base)["positions"]
        control(base, "faults", actions=[{"do": "reset"}])
    with serving_alpaca(simulator_settings(tmp_path)) as base:
        after_reset = truth(base)

    assert after_split == {"AAPL": "8"}
    assert (after_reset["positions"], after_reset["orders"]) == ({}, [])


def test_a_file_is_followed_and_one_that_cannot_be_read_changes_nothing(tmp_path: Path) -> None:
    script = tmp_path / "faults.json"
    settings = simulator_settings(tmp_path, simulator_faults=script)

    def fails(base: str, status: int) -> bool:
        try:
            impatient(base).get_clock()
        except APIError as error:
            return bool(error.status_code == status)
        return status == 200

    with serving_alpaca(settings) as base:
        assert fails(base, 200)
        script.write_text('{"requests": [{"fault": "error", "status": 503}]}')
        until(lambda: fails(base, 503))
        script.write_text('{"requests": [{"fault": "erro')
        assert fails(base, 503)
        script.unlink()
        until(lambda: fails(base, 200))


def test_a_fault_that_does_not_exist_is_refused(base: str) -> None:
    with pytest.raises(requests.HTTPError, match="422"):
        control(base, "faults", requests=[{"fault": "gremlins"}])
