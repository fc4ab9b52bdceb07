"""alpaca-py talks to the simulated Alpaca over a socket; Alpaca's OpenAPI checks the answers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
from alpaca.common.exceptions import APIError
from alpaca.data.requests import StockBarsRequest, StockLatestQuoteRequest, StockSnapshotRequest
from alpaca.data.timeframe import TimeFrame
from alpaca.trading.client import TradingClient
from alpaca.trading.enums import OrderSide, QueryOrderStatus, TimeInForce
from alpaca.trading.requests import (
    ClosePositionRequest,
    GetOrdersRequest,
    GetPortfolioHistoryRequest,
    LimitOrderRequest,
    MarketOrderRequest,
)

from novalgo_simulator.faults import Answer, Fault, NoFaults
from tests.contract.alpaca_document import Document
from tests.simulated_alpaca import (
    KEY_HEADERS,
    control,
    data_client,
    serving_alpaca,
    simulator_settings,
    trading_client,
    truth,
    until,
)

TRADING, MARKET_DATA = "alpaca-trading-api.json", "alpaca-market-data-api.json"


@pytest.fixture
def base(tmp_path: Path) -> Iterator[str]:
    with serving_alpaca(simulator_settings(tmp_path)) as url:
        yield url


@pytest.fixture
def client(base: str) -> TradingClient:
    return checked_client(base)


def checked_client(base: str) -> TradingClient:
    """alpaca-py, with every answer that it receives held against Alpaca's document."""
    client = trading_client(base)
    client._session.hooks["response"].append(Document(TRADING).check)
    return client


def an_order(**changes: Any) -> MarketOrderRequest:
    asked = {"symbol": "AAPL", "side": OrderSide.BUY, "time_in_force": TimeInForce.DAY, **changes}
    return MarketOrderRequest(**({"qty": 10} | asked if "notional" not in asked else asked))


def placed(client: TradingClient, **changes: Any) -> dict[str, Any]:
    """Place an order and return it as it ends."""
    order: Any = client.submit_order(an_order(**changes))
    until(lambda: fetched(client, order)["status"] in ("filled", "canceled", "expired"))
    return fetched(client, order)


def fetched(client: TradingClient, order: dict[str, Any]) -> dict[str, Any]:
    found: Any = client.get_order_by_id(order["id"])
    return dict(found)


def refused(client: TradingClient, **changes: Any) -> dict[str, Any]:
    """Place an order that is refused, and return the refusal with its status."""
    with pytest.raises(APIError) as raised:
        client.submit_order(an_order(**changes))
    return {"status": raised.value.status_code, **raised.value.response.json()}


def test_a_market_order_is_answered_before_it_fills(client: TradingClient) -> None:
    order: Any = client.submit_order(an_order(client_order_id="one"))

    assert (order["status"], order["filled_qty"]) == ("pending_new", "0")
    until(lambda: fetched(client, order)["status"] == "filled")
    found: Any = client.get_order_by_client_id("one")
    assert (found["id"], found["filled_qty"], found["qty"]) == (order["id"], "10", "10")


def test_the_sdk_s_models_can_read_every_answer(base: str) -> None:
    client = trading_client(base, raw=False)
    order: Any = client.submit_order(an_order(notional=100.25))
    until(client.get_all_positions)

    assert str(client.get_order_by_id(order.id).id) == str(order.id)  # type: ignore[union-attr]
    client.get_account()
    client.get_clock()
    client.get_calendar()
    client.get_all_assets()
    client.get_portfolio_history()


def test_a_buy_fills_at_the_ask_and_a_sale_at_the_bid(base: str, client: TradingClient) -> None:
    control(base, "price", symbol="AAPL", price="100.00")

    bought = placed(client)
    sold = placed(client, side=OrderSide.SELL)

    assert (bought["filled_avg_price"], sold["filled_avg_price"]) == ("100.01", "99.99")
    assert truth(base)["cash"] == "99999.8"


def test_a_dollar_order_buys_shares_to_nine_decimals(base: str, client: TradingClient) -> None:
    control(base, "price", symbol="AAPL", price="2.99")

    order = placed(client, notional=100)

    assert (order["qty"], order["notional"]) == (None, "100")
    assert order["filled_qty"] == "33.333333333"
    position: Any = client.get_open_position("AAPL")
    assert position["qty"] == "33.333333333"
    assert Decimal(truth(base)["cash"]) == Decimal("99900.000000001")


def test_a_client_order_id_is_taken_for_ever(base: str, client: TradingClient) -> None:
    control(base, "session", open=False)
    order: Any = client.submit_order(an_order(client_order_id="once"))
    client.cancel_order_by_id(order["id"])
    until(lambda: fetched(client, order)["status"] == "canceled")

    assert refused(client, client_order_id="once") == {
        "status": 422,
        "code": 40010001,
        "message": "client_order_id must be unique",
    }


def test_no_order_crosses_zero(client: TradingClient) -> None:
    placed(client, qty=10)

    assert refused(client, qty=11, side=OrderSide.SELL) == {
        "status": 403,
        "code": 40310000,
        "message": "insufficient qty available for order (requested: 11, available: 10)",
        "symbol": "AAPL",
        "available": "10",
        "existing_qty": "10",
        "held_for_orders": "0",
    }


def test_an_open_order_refuses_one_of_the_other_side(base: str, client: TradingClient) -> None:
    control(base, "session", open=False)
    first: Any = client.submit_order(an_order())

    refusal = refused(client, side=OrderSide.SELL)

    assert (refusal["status"], refusal["code"]) == (403, 40310000)
    assert refusal["existing_order_id"] == first["id"]


def test_a_closed_market_queues_a_day_order_for_the_open(base: str, client: TradingClient) -> None:
    control(base, "session", open=False)
    order: Any = client.submit_order(an_order())
    clock: Any = client.get_clock()

    assert (order["status"], clock["is_open"]) == ("accepted", False)
    control(base, "session", open=True)
    until(lambda: fetched(client, order)["status"] == "filled")


def test_a_limit_order_rests_until_the_price_comes(base: str, client: TradingClient) -> None:
    control(base, "price", symbol="MSFT", price="500.00")
    order: Any = client.submit_order(
        LimitOrderRequest(
            symbol="MSFT", qty=2, side="buy", time_in_force="gtc", limit_price=490, type="limit"
        )
    )
    until(lambda: fetched(client, order)["status"] == "new")

    control(base, "price", symbol="MSFT", price="489.00")
    until(lambda: fetched(client, order)["status"] == "filled")

    assert fetched(client, order)["filled_avg_price"] == "489.01"


def test_a_canceled_order_ends_and_frees_its_shares(base: str, client: TradingClient) -> None:
    placed(client)
    control(base, "session", open=False)
    order: Any = client.submit_order(an_order(side=OrderSide.SELL))
    held: Any = client.get_open_position("AAPL")

    client.cancel_orders()
    until(lambda: fetched(client, order)["status"] == "canceled")

    freed: Any = client.get_open_position("AAPL")
    assert (held["qty_available"], freed["qty_available"]) == ("0", "10")
    with pytest.raises(APIError, match="already in"):
        client.cancel_order_by_id(order["id"])


def test_a_short_position_is_negative_and_bought_back(base: str, client: TradingClient) -> None:
    control(base, "price", symbol="AAPL", price="100.00")
    placed(client, side=OrderSide.SELL, qty=3)

    position: Any = client.get_open_position("AAPL")

    assert (position["qty"], position["side"]) == ("-3", "short")
    assert (position["market_value"], position["unrealized_pl"]) == ("-300", "-0.03")
    [fill] = client.get("/account/activities/FILL")
    assert fill["side"] == "sell_short"
    client.close_position("AAPL")
    until(lambda: client.get_all_positions() == [])


def test_a_part_of_a_position_can_be_closed(client: TradingClient) -> None:
    placed(client, qty=10)

    closing: Any = client.close_position("AAPL", ClosePositionRequest(percentage="50"))

    until(lambda: fetched(client, closing)["status"] == "filled")
    left: Any = client.get_open_position("AAPL")
    assert left["qty"] == "5"


def test_all_positions_close_at_once(client: TradingClient) -> None:
    placed(client)
    placed(client, symbol="SPY", side=OrderSide.SELL)

    closing: Any = client.close_all_positions(cancel_orders=True)

    assert [(row["symbol"], row["status"]) for row in closing] == [("AAPL", 200), ("SPY", 200)]
    until(lambda: client.get_all_positions() == [])


def test_what_is_not_there_is_not_found(client: TradingClient) -> None:
    for look, code in (
        (lambda: client.get_open_position("AAPL"), 40410000),
        (lambda: client.get_order_by_client_id("nobody"), 40410000),
        (lambda: client.get_asset("NO-SUCH-ASSET"), 40410000),
    ):
        with pytest.raises(APIError) as raised:
            look()
        assert (raised.value.status_code, raised.value.code) == (404, code)


def test_orders_are_listed_newest_first_and_filtered(client: TradingClient) -> None:
    for symbol in ("AAPL", "MSFT", "SPY"):
        placed(client, symbol=symbol)
    closed = GetOrdersRequest(status=QueryOrderStatus.CLOSED, limit=2)
    spy = GetOrdersRequest(status=QueryOrderStatus.ALL, symbols=["SPY"])

    newest: Any = client.get_orders(closed)
    only: Any = client.get_orders(spy)

    assert [order["symbol"] for order in newest] == ["SPY", "MSFT"]
    assert [order["symbol"] for order in only] == ["SPY"]
    assert client.get_orders() == []  # none is open
    after = datetime.fromisoformat(newest[1]["submitted_at"])
    later: Any = client.get_orders(GetOrdersRequest(status=QueryOrderStatus.ALL, after=after))
    assert [order["symbol"] for order in later] == ["SPY"]


def test_fills_are_paged_by_the_last_activity_s_id(client: TradingClient) -> None:
    for symbol in ("AAPL", "MSFT", "SPY"):
        placed(client, symbol=symbol)
    page: Any = {"page_size": 2, "direction": "asc"}

    first = client.get("/account/activities/FILL", page)
    second = client.get("/account/activities/FILL", {**page, "page_token": first[-1]["id"]})
    latest = client.get("/account/activities", {"page_size": 1})

    assert [fill["symbol"] for fill in [*first, *second]] == ["AAPL", "MSFT", "SPY"]
    assert [fill["symbol"] for fill in latest] == ["SPY"]


def test_cash_moves_without_a_trade_and_is_listed_beside_the_fills(
    base: str, client: TradingClient
) -> None:
    control(base, "market", frozen=True)
    placed(client)
    before = Decimal(truth(base)["equity"])
    control(base, "cash", activity_type="CSD", net_amount="500")
    control(base, "cash", activity_type="FEE", net_amount="-0.03", symbol="AAPL")

    cash: Any = client.get(
        "/account/activities", {"category": "non_trade_activity", "direction": "asc"}
    )
    every = client.get("/account/activities", {"direction": "asc"})
    fees: Any = client.get("/account/activities/FEE")
    of_kinds = client.get("/account/activities", {"activity_types": "FEE,FILL"})

    assert [(each["activity_type"], each["net_amount"]) for each in cash] == [
        ("CSD", "500"),
        ("FEE", "-0.03"),
    ]
    assert [each["activity_type"] for each in every] == ["FILL", "CSD", "FEE"]
    assert [each["symbol"] for each in fees] == ["AAPL"]
    assert [each["activity_type"] for each in of_kinds] == ["FEE", "FILL"]
    assert Decimal(truth(base)["equity"]) - before == Decimal("499.97")
    with pytest.raises(APIError, match="category"):
        client.get("/account/activities", {"activity_types": "FEE", "category": "trade_activity"})


def test_the_account_s_history_ends_at_its_equity(base: str, client: TradingClient) -> None:
    control(base, "market", frozen=True)
    placed(client)

    for timeframe in ("1D", "5Min"):
        asked = GetPortfolioHistoryRequest(period="1W", timeframe=timeframe)
        history: Any = client.get_portfolio_history(asked)
        assert Decimal(str(history["equity"][-1])) == Decimal(truth(base)["equity"])
        assert history["base_value"] == 100_000


def test_market_data_has_the_documented_shape(base: str) -> None:
    client, now = data_client(base), datetime.now(UTC)
    client._session.hooks["response"].append(Document(MARKET_DATA).check)
    symbols = ["AAPL", "BRK.B", "NAN", "TRUE"]

    quotes = client.get_stock_latest_quote(StockLatestQuoteRequest(symbol_or_symbols=symbols))
    snapshots = client.get_stock_snapshot(StockSnapshotRequest(symbol_or_symbols=symbols))
    bars: Any = client.get_stock_bars(
        StockBarsRequest(
            symbol_or_symbols=symbols, timeframe=TimeFrame.Day, start=now - timedelta(days=30)
        )
    )

    assert set(quotes) == set(snapshots) == set(symbols)
    assert all(quote.bid_price < quote.ask_price for quote in quotes.values())
    assert len(bars["NAN"]) >= 29
    assert all(bar.low <= bar.open <= bar.high for bar in bars["NAN"])


def test_bars_are_paged_through(base: str) -> None:
    client, now = data_client(base), datetime.now(UTC)
    asked = StockBarsRequest(
        symbol_or_symbols=["AAPL", "SPY"],
        timeframe=TimeFrame.Hour,
        start=now - timedelta(days=2),
        end=now,
        limit=70,
    )

    bars: Any = client.get_stock_bars(asked)

    assert (len(bars["AAPL"]), len(bars["SPY"])) == (48, 22)


def test_wrong_keys_are_turned_away(base: str) -> None:
    wrong = {**KEY_HEADERS, "APCA-API-SECRET-KEY": "another"}

    for path, status in (("v2/account", 401), ("v2/stocks/snapshots", 403), ("sim/account", 401)):
        answer = requests.get(f"{base}/{path}", headers=wrong, timeout=10)
        assert answer.status_code == status
        assert "code" not in answer.json()


def test_requests_past_the_minute_s_limit_are_refused(tmp_path: Path) -> None:
    noon = datetime(2026, 11, 23, 17, 0, 30, tzinfo=UTC)
    settings = simulator_settings(tmp_path, simulator_rate_limit=2)

    with serving_alpaca(settings, clock=lambda: noon) as base:
        url = f"{base}/v2/account"
        answers = [requests.get(url, headers=KEY_HEADERS, timeout=10) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0].headers["X-RateLimit-Remaining"] == "1"
    assert answers[2].headers["X-RateLimit-Reset"] == str(int(noon.timestamp()) + 30)
    assert answers[2].json() == {"code": 42910000, "message": "rate limit exceeded"}


def test_a_trade_by_hand_changes_the_position(base: str, client: TradingClient) -> None:
    control(base, "manual-trade", symbol="AAPL", side="buy", qty="4")

    until(lambda: truth(base)["positions"] == {"AAPL": "4"})
    assert truth(base)["orders_posted"] == 0


def test_every_order_that_arrives_is_counted(base: str, client: TradingClient) -> None:
    placed(client, client_order_id="one")
    refused(client, client_order_id="one")

    assert truth(base)["orders_posted"] == 2


def test_new_york_s_hours_hold_where_the_calendar_is_asked_for(tmp_path: Path) -> None:
    thanksgiving = datetime(2026, 11, 26, 16, tzinfo=UTC)
    settings = simulator_settings(tmp_path, simulator_session="calendar")

    with serving_alpaca(settings, clock=lambda: thanksgiving) as base:
        client = checked_client(base)
        clock: Any = client.get_clock()
        order: Any = client.submit_order(an_order())
        history: Any = client.get_calendar()

    assert (clock["is_open"], order["status"]) == (False, "accepted")
    assert clock["next_open"] == "2026-11-27T09:30:00-05:00"
    assert order["expires_at"] == "2026-11-27T18:00:00.000000Z"
    assert "2026-11-26" not in {day["date"] for day in history}


class GatewayTimeouts(NoFaults):
    """Every order is carried out, and answered by a gateway that gave up."""

    def on_request(self, method: str, path: str, number: int) -> Fault | None:
        page = Answer(
            status=504, body=b"<html>504</html>", content_type=b"text/html", carried_out=True
        )
        return page if method == "POST" else None


def test_a_fault_can_spoil_the_answer_to_an_order_that_stands(tmp_path: Path) -> None:
    with serving_alpaca(simulator_settings(tmp_path), faults=GatewayTimeouts()) as base:
        client = trading_client(base)
        client._retry = 0
        with pytest.raises(APIError) as raised:
            client.submit_order(an_order(client_order_id="lost"))
        order: Any = client.get_order_by_client_id("lost")

    assert raised.value.status_code == 504
    assert order["client_order_id"] == "lost"
