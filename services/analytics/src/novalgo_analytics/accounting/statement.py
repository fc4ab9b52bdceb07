"""A ledger as text, to the last digit: two ledgers are equal when their statements are.  Pure."""

from collections.abc import Iterator

from novalgo_analytics.accounting.ledger import Ledger
from novalgo_analytics.accounting.lots import Lots


def statement(ledger: Ledger) -> str:
    """Return every number of one symbol, the account's first and then each book's."""
    lines = [*_lots("account", ledger.account)]
    for timeframe in sorted(ledger.books, key=str):
        lines += _lots(f"book {timeframe}", ledger.books[timeframe])
    average = ledger.average
    lines.append(f"average {average.quantity:f} {average.cost:f} {average.realised:f}")
    lines.append(f"last price {ledger.last_price:f}")
    return "\n".join(lines)


def _lots(name: str, lots: Lots) -> Iterator[str]:
    yield f"{name}: {lots.quantity:f} shares, realised {lots.realised:f}"
    for lot in lots.open:
        yield f"  open {lot.quantity:f} at {lot.price:f} {lot.rest:f} {lot.opened_at.isoformat()}"
    for closing in lots.closings:
        yield (
            f"  closed {closing.quantity:f} by {closing.order} at {closing.price:f} "
            f"{closing.closed_at.isoformat()}, earned {closing.realised:f}"
        )
