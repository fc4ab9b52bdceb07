"""What trades came to, one by one and together.  Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from novalgo_analytics.accounting.lots import NONE
from novalgo_analytics.accounting.trades import Trade

WON, LOST, EVEN = "wle"


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeNumbers:
    """Dollars as Decimals, ratios as floats; None where there is nothing to say."""

    trades: int
    won: int
    lost: int
    even: int
    realised: Decimal
    gross_profit: Decimal
    gross_loss: Decimal
    """Negative."""
    win_rate: float | None
    """The won of all trades."""
    profit_factor: float | None
    """Dollars won for each dollar lost; None while nothing was lost."""
    expectancy: Decimal | None
    """Dollars that a trade earned on average."""
    average_win: Decimal | None
    average_loss: Decimal | None
    """Negative."""
    payoff: float | None
    """The average win by the average loss."""
    best: Trade | None
    worst: Trade | None
    longest_winning: int
    """Trades won in a row."""
    longest_losing: int
    current: int
    """The streak that the last trade belongs to, negative where it lost."""


def trade_numbers(trades: Sequence[Trade]) -> TradeNumbers:
    """Return the numbers of trades that are given in the order of their closing."""
    results = [trade.realised for trade in trades]
    won = [result for result in results if result > 0]
    lost = [result for result in results if result < 0]
    profit, loss = sum(won, NONE), sum(lost, NONE)
    outcomes = "".join([WON if result > 0 else LOST if result < 0 else EVEN for result in results])
    return TradeNumbers(
        trades=len(trades),
        won=len(won),
        lost=len(lost),
        even=len(trades) - len(won) - len(lost),
        realised=profit + loss,
        gross_profit=profit,
        gross_loss=loss,
        win_rate=len(won) / len(trades) if trades else None,
        profit_factor=float(profit / -loss) if lost else None,
        expectancy=(profit + loss) / len(trades) if trades else None,
        average_win=profit / len(won) if won else None,
        average_loss=loss / len(lost) if lost else None,
        payoff=float((profit / len(won)) / -(loss / len(lost))) if won and lost else None,
        best=trades[results.index(max(results))] if trades else None,
        worst=trades[results.index(min(results))] if trades else None,
        longest_winning=_longest(WON, outcomes),
        longest_losing=_longest(LOST, outcomes),
        current=_trailing(WON, outcomes) - _trailing(LOST, outcomes),
    )


def _longest(outcome: str, outcomes: str) -> int:
    """Return the most trades of one outcome in a row."""
    return max(map(len, re.split(f"[^{outcome}]+", outcomes)))


def _trailing(outcome: str, outcomes: str) -> int:
    """Return how many of the last trades had this outcome in a row."""
    return len(outcomes) - len(outcomes.rstrip(outcome))
