"""What was undone and what was split, as Alpaca's activity events tell it."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.contract.alpaca_document import Document
from tests.simulated_alpaca import (
    KEY_HEADERS,
    control,
    serving_alpaca,
    simulator_settings,
    trading_client,
    truth,
    until,
)

PAID = Decimal("100.01")
"""The ask while the price is held at 100."""
EVENTS = "/v2beta1/events/activities"


@pytest.fixture
def alpaca(tmp_path: Path) -> Iterator[str]:
    with serving_alpaca(simulator_settings(tmp_path, simulator_step=3600)) as base:
        control(base, "price", symbol="AAPL", price="100.00")
        yield base


def buy(base: str, qty: str) -> None:
    fills = len(truth(base)["fills"])
    control(base, "manual-trade", symbol="AAPL", side="buy", qty=qty)
    until(lambda: len(truth(base)["fills"]) == fills + 1)


def events(base: str) -> list[dict[str, Any]]:
    """Return all that happened; each has been held against Alpaca's own description."""
    document = Document("alpaca-trading-api.json")
    bounds = {"since": "2020-01-01", "until": "2100-01-01"}
    answer = requests.get(base + EVENTS, params=bounds, headers=KEY_HEADERS, timeout=10)
    assert answer.headers["content-type"].startswith("text/event-stream")
    found = [json.loads(line.removeprefix("data: ")) for line in answer.text.split("\n\n") if line]
    for event in found:
        document.check_event(event)
    return found


def test_a_bust_takes_the_shares_and_gives_the_money_back(alpaca: str) -> None:
    buy(alpaca, "10")
    buy(alpaca, "5")
    control(alpaca, "bust", symbol="AAPL")

    account = truth(alpaca)
    assert account["positions"] == {"AAPL": "10"}
    assert Decimal(account["cash"]) == Decimal(account["starting_cash"]) - 10 * PAID
    assert account["realised"] == "0"
    first, second, bust = events(alpaca)
    assert bust["details"]["execution_type"] == "trade_bust"
    assert bust["previous_id"] == second["ref_id"] != first["ref_id"]


def test_a_correction_puts_another_price_and_quantity_in_the_execution_s_place(alpaca: str) -> None:
    buy(alpaca, "10")
    control(alpaca, "correct", symbol="AAPL", price="90.00", qty="8")

    account = truth(alpaca)
    assert account["positions"] == {"AAPL": "8"}
    assert Decimal(account["cash"]) == Decimal(account["starting_cash"]) - 720
    fill, correction = events(alpaca)
    assert correction["previous_id"] == fill["ref_id"]
    assert (correction["price"], correction["qty"]) == ("90", "8")


def test_the_activities_go_on_listing_what_was_undone(alpaca: str) -> None:
    buy(alpaca, "10")
    control(alpaca, "correct", symbol="AAPL", price="90.00")

    listed = trading_client(alpaca).get("/account/activities/FILL")

    assert [Decimal(fill["price"]) for fill in listed] == [90, PAID]


def test_a_split_keeps_what_the_shares_cost(alpaca: str) -> None:
    buy(alpaca, "10")
    control(alpaca, "split", symbol="AAPL", ratio="4")

    [position] = trading_client(alpaca).get("/positions")
    _, split = events(alpaca)
    assert position["qty"] == "40"
    assert Decimal(position["avg_entry_price"]) == PAID / 4
    assert (split["details"]["new_rate"], split["details"]["old_rate"]) == ("4", "1")


def test_a_merger_of_shares_pays_the_fraction_in_cash(alpaca: str) -> None:
    buy(alpaca, "15")
    control(alpaca, "split", symbol="AAPL", ratio="0.1")

    account = truth(alpaca)
    assert account["positions"] == {"AAPL": "1"}
    cash = Decimal(account["starting_cash"]) - 15 * PAID + 5 * Decimal(100)
    profit = Decimal(account["realised"]) + Decimal(account["unrealised"])
    assert Decimal(account["cash"]) == cash
    assert Decimal(account["equity"]) == Decimal(account["starting_cash"]) + profit


def test_a_restart_keeps_what_was_undone_and_split(tmp_path: Path) -> None:
    settings = simulator_settings(tmp_path, simulator_step=3600)
    with serving_alpaca(settings) as base:
        control(base, "price", symbol="AAPL", price="100.00")
        buy(base, "10")
        buy(base, "5")
        control(base, "bust", symbol="AAPL")
        control(base, "split", symbol="AAPL", ratio="2")
        before = truth(base)
    with serving_alpaca(settings) as base:
        after = truth(base)

    assert after == before
    assert after["positions"] == {"AAPL": "20"}


def test_requests_are_counted_by_their_address(alpaca: str) -> None:
    client = trading_client(alpaca)
    client.get("/clock")
    client.get("/assets/AAPL")
    client.get("/assets/MSFT")
    answer = requests.get(alpaca + "/sim/requests", headers=KEY_HEADERS, timeout=10)

    assert answer.json() == {"GET /v2/clock": 1, "GET /v2/assets/*": 2}
