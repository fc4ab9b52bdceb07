"""What trades came to, one by one and together.  Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from novalgo_analytics.accounting.lots import NONE
from novalgo_analytics.accounting.trades import Trade


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
    streaks = _streaks(results)
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
        longest_winning=max((streak for streak in streaks if streak > 0), default=0),
        longest_losing=-min((streak for streak in streaks if streak < 0), default=0),
        current=streaks[-1] if streaks else 0,
    )


def _streaks(results: Iterable[Decimal]) -> list[int]:
    """Return the lengths of the rows of one outcome, negative of losses, 0 of even trades."""
    outcomes = ((result > 0) - (result < 0) for result in results)
    return [outcome * len(list(row)) for outcome, row in groupby(outcomes)]
