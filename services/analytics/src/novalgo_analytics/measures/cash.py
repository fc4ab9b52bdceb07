"""What came to the account, or left it, beside its trades.  Pure."""

from collections.abc import Iterable
from decimal import Decimal

from novalgo_analytics.facts import CashLine
from novalgo_common.events import CashKind


def by_kind(lines: Iterable[CashLine]) -> dict[CashKind, Decimal]:
    """Return the signed dollars of each kind that there was, in the order of the kinds."""
    found: dict[CashKind, Decimal] = {}
    for line in lines:
        found[line.kind] = found.get(line.kind, Decimal(0)) + line.amount
    return {kind: found[kind] for kind in CashKind if kind in found}
