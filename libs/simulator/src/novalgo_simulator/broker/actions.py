"""What befalls an account from outside, carried out."""

from collections.abc import Iterable
from typing import assert_never

from novalgo_simulator.broker.order_request import OrderRequest
from novalgo_simulator.broker.venue import Venue
from novalgo_simulator.faults.script import (
    AccountReset,
    Action,
    Bust,
    Correction,
    ManualTrade,
    Split,
)


def carry_out(actions: Iterable[Action], venue: Venue) -> None:
    """Do them one after the other; a manual trade that Alpaca refuses does not happen."""
    for action in actions:
        match action:
            case Split(symbol=symbol, ratio=ratio):
                venue.split(symbol, ratio)
            case ManualTrade(symbol=symbol, side=side, qty=qty):
                venue.place(OrderRequest(symbol=symbol, side=side, qty=qty))
            case Bust(symbol=symbol):
                venue.bust(symbol)
            case Correction(symbol=symbol, price=price, qty=qty):
                venue.correct(symbol, price, qty)
            case AccountReset():
                venue.reset()
            case _:
                assert_never(action)
