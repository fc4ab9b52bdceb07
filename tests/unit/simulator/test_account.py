from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from novalgo_simulator.broker.account import Position, Valuation, position_after
from novalgo_simulator.broker.ledger import Ledger
from novalgo_simulator.broker.lots import Lots
from novalgo_simulator.broker.order import Fill
from tests.unit.simulator.alpaca_builders import a_fill

quantities = st.decimals("-500", "500", places=9).filter(lambda qty: qty != 0)
prices = st.decimals("0.01", "9999.99", places=2)
symbols = st.sampled_from(["AAPL", "BRK.B"])
fills = st.builds(
    lambda qty, price, symbol: a_fill(str(qty), str(price), symbol=symbol),
    quantities,
    prices,
    symbols,
)


def held_after(*fills: Fill) -> Position | None:
    position: Position | None = None
    for fill in fills:
        position = position_after(position, fill)
    return position


def test_the_average_entry_price_moves_only_with_what_is_added() -> None:
    position = held_after(a_fill(10, 100), a_fill(30, 120), a_fill(-20, 150))

    assert position is not None
    assert (position.qty, position.avg_entry_price) == (Decimal(20), Decimal(115))


def test_a_short_position_averages_its_sales() -> None:
    position = held_after(a_fill(-10, 100), a_fill(-10, 110))

    assert position is not None
    assert (position.qty, position.cost) == (Decimal(-20), Decimal(-2100))
    assert position.avg_entry_price == 105


def test_what_is_sold_out_is_gone() -> None:
    assert held_after(a_fill("0.333333333"), a_fill("-0.333333333")) is None


def test_the_first_lot_in_is_the_first_out() -> None:
    lots = Lots()
    for fill in (a_fill(10, 100), a_fill(10, 110), a_fill(-15, 120)):
        lots = lots.after(fill)

    assert lots.realised == 10 * 20 + 5 * 10
    assert lots.open == ((Decimal(5), Decimal(110)),)


def test_lots_close_a_short_with_the_price_turned_round() -> None:
    lots = Lots().after(a_fill(-10, 100)).after(a_fill(4, 90))

    assert (lots.realised, lots.unrealised(Decimal(95))) == (Decimal(40), Decimal(30))


@given(st.lists(fills, max_size=30), prices, prices)
def test_every_dollar_is_accounted_for(done: list[Fill], apple: Decimal, buffett: Decimal) -> None:
    ledger, price = Ledger(Decimal(100_000)), {"AAPL": apple, "BRK.B": buffett}
    for fill in done:
        # The rules allow no fill across zero; the lots must be right even so.
        ledger.lots[fill.symbol] = ledger.lots.get(fill.symbol, Lots()).after(fill)
        ledger.cash += fill.cash

    profit = sum(
        (lots.realised + lots.unrealised(price[symbol]) for symbol, lots in ledger.lots.items()),
        Decimal(0),
    )
    held = sum(
        (qty * price[symbol] for symbol, lots in ledger.lots.items() for qty, _ in lots.open),
        Decimal(0),
    )
    assert ledger.cash + held == ledger.starting_cash + profit


def test_buying_power_is_four_times_the_equity_less_what_is_used() -> None:
    worth = Valuation(
        cash=Decimal(9000),
        long_value=Decimal(3000),
        short_value=Decimal(-2000),
        reserved=Decimal(500),
    )

    assert worth.equity == 10_000
    assert worth.buying_power == 40_000 - 5000 - 500


def test_a_small_account_has_no_margin() -> None:
    worth = Valuation(cash=Decimal(1500), long_value=Decimal(0), short_value=Decimal(0))

    assert worth.buying_power == 1500
