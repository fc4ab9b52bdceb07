"""The list of all trades: kept up piece by piece, it is what listing everything anew would give."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from novalgo_analytics.accounting.history import TradeHistory, newer_than, place_of
from novalgo_analytics.accounting.ledger import build
from novalgo_analytics.accounting.movement import movement_of_fill
from novalgo_analytics.accounting.trades import Trade, trades
from tests.builders import NOON, a_fill

MINUTE = timedelta(minutes=1)
SYMBOLS = ("AAPL", "MSFT")
FILLS = st.lists(
    st.tuples(st.sampled_from(SYMBOLS), st.integers(1, 4), st.sampled_from(["buy", "sell"])),
    max_size=40,
)


def listed(history: TradeHistory) -> list[tuple[str, str, Decimal]]:
    return [(trade.symbol, trade.order, trade.realised) for trade in history.every]


def a_trade(minutes: int) -> Trade:
    bought = a_fill(quantity=Decimal(1), filled_at=NOON)
    sold = a_fill(
        quantity=Decimal(1),
        side="sell",
        filled_at=NOON + minutes * MINUTE,
        client_order_id=f"close-{minutes}",
    )
    [found] = trades(build([movement_of_fill(bought), movement_of_fill(sold)]).account.closings)
    return found


@given(FILLS)
def test_trades_added_as_they_close_are_those_of_the_whole_history(
    fills: list[tuple[str, int, str]],
) -> None:
    history = TradeHistory()
    ledgers = {symbol: build(()) for symbol in SYMBOLS}
    for number, (symbol, order, side) in enumerate(fills):
        fill = a_fill(
            symbol=symbol,
            quantity=Decimal(order),
            side=side,
            price=Decimal(100 + number),
            filled_at=NOON + number * MINUTE,
            client_order_id=f"{symbol}-{number // 3}-{side}",
        )
        closed = ledgers[symbol].apply(movement_of_fill(fill))
        history.add(symbol, {each.order for each in closed}, ledgers[symbol].account.closings)

    anew = TradeHistory()
    anew.replace({name: trades(each.account.closings) for name, each in ledgers.items()})
    assert sorted(listed(history)) == sorted(listed(anew))
    times = [trade.closed_at for trade in history.every]
    assert times == sorted(times, reverse=True)
    assert sum(map(len, history.by_symbol.values())) == len(times)


def test_a_symbol_that_begins_anew_leaves_the_others_as_they_are() -> None:
    history = TradeHistory()
    history.replace({"AAPL": [a_trade(1), a_trade(2)], "MSFT": []})
    before = history.version

    history.replace({"AAPL": [a_trade(3)]})

    assert [trade.order for trade in history.every] == ["close-3"]
    assert history.version != before


def test_places_are_found_by_time_with_equal_times_included() -> None:
    newest_first = [a_trade(minutes) for minutes in (5, 3, 3, 1)]

    assert newer_than(newest_first, NOON + 3 * MINUTE) == 3
    assert place_of(newest_first, NOON + 3 * MINUTE) == 1
