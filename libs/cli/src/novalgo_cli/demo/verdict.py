"""Whether the day was what NovAlgo promises.  Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from novalgo_cli.demo import books
from novalgo_cli.demo.outcome import Outcome
from novalgo_common.events import RowStatus


@dataclass(frozen=True, slots=True)
class Check:
    """A promise, and what came of it."""

    promise: str
    holds: bool
    found: str


def verdict(outcome: Outcome) -> list[Check]:
    return [
        _answers(outcome),
        _endings(outcome),
        _failures(outcome),
        _statuses(outcome),
        _symbols(outcome),
        _books(outcome),
        _sums(outcome),
        _account(outcome),
        _performance(outcome),
        _rebuilt(outcome),
        _orders(outcome),
    ]


def _answers(outcome: Outcome) -> Check:
    diary = outcome.diary
    found = "; ".join(diary.surprises[:3]) or f"{diary.answers.total()} answers"
    return Check("Every alert had the answer that it was to have", not diary.surprises, found)


def _endings(outcome: Outcome) -> Check:
    known = {receipt["signal_id"]: receipt["ending"] for receipt in outcome.receipts}
    expected = outcome.diary.signals - {outcome.diary.queued}
    without = [signal_id for signal_id in expected if known.get(signal_id) is None]
    is_open = outcome.diary.queued in known and known[outcome.diary.queued] is None
    found = f"{len(expected)} ended; 1 is an open order for the next session, on purpose"
    if without or not is_open or outcome.dead_letters:
        found = f"{len(without)} without an ending, {outcome.dead_letters} dead letters"
        found += "" if is_open else ", no order left open"
    holds = not without and is_open and not outcome.dead_letters
    return Check("Every signal has its ending", holds, found)


def _failures(outcome: Outcome) -> Check:
    """Nothing of the day's plan gives Alpaca a reason to refuse: what cannot be is declined."""
    known = ("filled", "declined", "superseded", None)
    failed = [receipt for receipt in outcome.receipts if receipt["ending"] not in known]
    found = "; ".join(f"{one['symbol']}: {one['detail'] or one['ending']}" for one in failed[:3])
    return Check("No signal failed", not failed, found or "none was refused, expired or lost")


def _statuses(outcome: Outcome) -> Check:
    column = outcome.config_tab[0].index("Order Status")
    shown = {row[column] for row in outcome.config_tab[1:]}
    missing = [status.value for status in RowStatus if status.value not in shown]
    found = f"without {', '.join(missing)}" if missing else f"all {len(RowStatus)} are there"
    return Check("The Config tab shows every Order Status", not missing, found)


def _symbols(outcome: Outcome) -> Check:
    lines = books.by_symbol(outcome)
    wrong = [line.symbol for line in lines if not line.agrees]
    found = f"not for {', '.join(wrong)}" if wrong else f"{len(lines)} symbols"
    return Check(
        "Shares, realised and unrealised P&L agree for each symbol",
        bool(lines) and not wrong,
        found,
    )


def _books(outcome: Outcome) -> Check:
    """Nobody trades by hand on such a day: what is in no book was counted wrongly."""
    strays = [
        book["symbol"]
        for book in outcome.summary["by_book"]
        if book["timeframe"] == "EXTERNAL" and Decimal(book["quantity"])
    ]
    found = f"not in {', '.join(strays)}" if strays else f"{len(outcome.summary['by_book'])} books"
    return Check("Every share belongs to a timeframe", not strays, found)


def _sums(outcome: Outcome) -> Check:
    wrong = [pair.what for pair in books.by_book(outcome) if not pair.agrees]
    found = f"not for {', '.join(wrong)}" if wrong else "to the cent"
    return Check("The books' P&L adds up to their symbol's", not wrong, found)


def _rebuilt(outcome: Outcome) -> Check:
    compared = outcome.rebuilt
    found = f"{compared['events']} events, {compared['rows']} rows, {compared['ledgers']} ledgers"
    if compared["different"]:
        found = f"{compared['different']} rows differ, in {compared['first'][0]['table']}"
    return Check("The journal gives the same numbers again", not compared["different"], found)


def _account(outcome: Outcome) -> Check:
    pairs = books.account(outcome)
    wrong = [pair.what for pair in pairs if not pair.agrees]
    found = f"not {', '.join(wrong)}" if wrong else ", ".join(pair.what for pair in pairs)
    return Check("The account agrees to the cent", not wrong, found)


def _performance(outcome: Outcome) -> Check:
    pairs = books.performance(outcome)
    wrong = [pair.what for pair in pairs if not pair.agrees]
    total = sum((pair.theirs for pair in pairs), books.NONE)
    found = f"not for {', '.join(wrong)}" if wrong else f"{books.dollars(total)} in all"
    return Check(
        "The Performance tab adds up to what was realised", bool(pairs) and not wrong, found
    )


def _orders(outcome: Outcome) -> Check:
    ids, repeated = order_ids(outcome)
    at_broker = Counter(order["client_order_id"] for order in outcome.account["orders"])
    posted = outcome.account["orders_posted"]
    holds = not repeated and at_broker.keys() <= set(ids) and posted == len(ids)
    found = f"{posted} orders sent, {len(ids)} decided"
    if repeated:
        found += f", twice: {', '.join(repeated[:3])}"
    return Check("No order was sent twice", holds and max(at_broker.values()) == 1, found)


def order_ids(outcome: Outcome) -> tuple[Sequence[str], Sequence[str]]:
    """Return the client order ids of all receipts, and those that occur more than once."""
    counts = Counter(
        order["client_order_id"] for receipt in outcome.receipts for order in receipt["orders"]
    )
    return list(counts), [order_id for order_id, count in counts.items() if count > 1]
