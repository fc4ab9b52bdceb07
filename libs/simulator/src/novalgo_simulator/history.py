"""What the account was worth at earlier moments."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal

from novalgo_simulator.amount import ZERO
from novalgo_simulator.venue import Venue


def equity_at(venue: Venue, at: datetime) -> Decimal:
    """Return the equity of a moment: the fills until then, at that moment's prices."""
    cash, held = venue.ledger.starting_cash, defaultdict[str, Decimal](Decimal)
    for fill in venue.ledger.fills_until(at):
        cash += fill.cash
        held[fill.symbol] += fill.signed_qty
    values = (qty * venue.quote(symbol, at).last for symbol, qty in held.items() if qty)
    return cash + sum(values, ZERO)
