import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from novalgo_simulator.broker.account import Position
from novalgo_simulator.broker.amount import ZERO
from novalgo_simulator.broker.errors import Refusal
from novalgo_simulator.broker.order import Order, OrderType, Side, Status
from novalgo_simulator.broker.order_request import OrderRequest
from novalgo_simulator.broker.store import Store, open_store
from novalgo_simulator.broker.venue import Venue
from novalgo_simulator.faults import NoFaults
from novalgo_simulator.main import open_venue
from novalgo_simulator.settings import SimulatorSettings
from tests.unit.simulator.alpaca_builders import NOON, a_request

pytestmark = pytest.mark.anyio

SETTINGS = SimulatorSettings(simulator_partial_fills=Decimal("0.5"))


class MovingClock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "simulator.sqlite") as opened:
        yield opened


def a_random_request(chance: random.Random, venue: Venue) -> OrderRequest:
    symbol = chance.choice(["AAPL", "BRK.B", "TRUE"])
    side = chance.choice(list(Side))
    if chance.random() < 0.3:
        dollars = Decimal(chance.randrange(100, 500_000)) / 100
        return OrderRequest(symbol=symbol, side=side, notional=dollars)
    qty = Decimal(chance.choice(["1", "7", "40", "0.5", "0.123456789"]))
    if chance.random() < 0.3:
        away = Decimal(chance.randrange(-200, 200)) / 100
        price = venue.quote(symbol).last + away
        return OrderRequest(
            symbol=symbol, side=side, qty=qty, type=OrderType.LIMIT, limit_price=price
        )
    return OrderRequest(symbol=symbol, side=side, qty=qty)


def assert_every_dollar_is_there(venue: Venue) -> None:
    ledger = venue.ledger
    profit = sum(
        (
            lots.realised + lots.unrealised(venue.quote(symbol).last)
            for symbol, lots in ledger.lots.items()
        ),
        ZERO,
    )
    assert venue.valuation().equity == ledger.starting_cash + profit
    for symbol, lots in ledger.lots.items():
        assert ledger.held(symbol) == sum((qty for qty, _ in lots.open), ZERO)


@pytest.mark.parametrize("seed", range(5))
async def test_no_trading_loses_a_cent_or_crosses_zero(store: Store, seed: int) -> None:
    clock, chance = MovingClock(), random.Random(seed)  # noqa: S311  # repeatable, not secret
    venue = open_venue(SETTINGS, store, clock, NoFaults())
    outcomes: list[Order | Refusal] = []

    for _ in range(150):
        clock.now += timedelta(seconds=chance.randrange(600))
        outcomes.append(venue.place(a_random_request(chance, venue)))
        for order in venue.ledger.open_orders():
            if chance.random() < 0.5:
                work_within_its_side(venue, order)
            elif chance.random() < 0.2:
                venue.cancel(order.id)
        assert_every_dollar_is_there(venue)

    assert {type(outcome) for outcome in outcomes} == {Order, Refusal}
    again = open_venue(SETTINGS, store, clock, NoFaults())
    assert again.ledger.cash == venue.ledger.cash
    assert again.ledger.positions == venue.ledger.positions
    assert again.ledger.open_orders() == venue.ledger.open_orders()


def work_within_its_side(venue: Venue, order: Order) -> None:
    before = venue.ledger.held(order.symbol)
    venue.work(order.id)
    assert before * venue.ledger.held(order.symbol) >= 0


async def test_an_order_is_on_disk_before_it_is_streamed(store: Store) -> None:
    venue = open_venue(SETTINGS, store, lambda: NOON, NoFaults())

    with venue.hub.listening() as updates:
        placed = venue.place(a_request())

    assert isinstance(placed, Order)
    assert [order.id for order in store.orders()] == [placed.id]
    assert updates.qsize() == 1


async def test_closing_all_cancels_what_holds_the_shares(store: Store) -> None:
    venue = open_venue(SimulatorSettings(), store, lambda: NOON, NoFaults())
    bought = venue.place(a_request())
    assert isinstance(bought, Order)
    venue.work(bought.id)
    venue.place(a_request(side=Side.SELL, type=OrderType.LIMIT, limit_price=Decimal(9999)))

    [canceled] = venue.cancel_at_once()
    closing = venue.close("AAPL")

    assert canceled.status is Status.CANCELED
    assert isinstance(closing, Order)
    assert (closing.side, closing.qty) == (Side.SELL, Decimal(10))


async def test_a_day_s_last_equity_is_the_close_s(store: Store) -> None:
    clock = MovingClock()
    venue = open_venue(SimulatorSettings(), store, clock, NoFaults())
    bought = venue.place(a_request())
    assert isinstance(bought, Order)
    venue.work(bought.id)
    clock.now += timedelta(days=1)
    close = venue.session.last_close(clock.now)

    last_equity = venue.equity_at(close)

    position: Position = venue.ledger.positions["AAPL"]
    profit = 10 * venue.quote("AAPL", close).last - position.cost
    assert last_equity == 100_000 + profit
    assert venue.equity_at(NOON - timedelta(days=1)) == 100_000
