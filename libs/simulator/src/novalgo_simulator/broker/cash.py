"""Cash that comes or goes without a trade: fees, dividends, deposits, withdrawals."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CashActivity:
    """One non-trade activity, as Alpaca books it."""

    id: UUID
    activity_type: str
    """Alpaca's word: FEE, DIV, CSD (deposit), CSW (withdrawal) ..."""
    cash: Decimal
    """What it adds to the account's cash."""
    symbol: str | None
    at: datetime
