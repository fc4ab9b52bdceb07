"""Whether a run kept what NovAlgo promises.  Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeAlias

from tests.chaos.evidence import Evidence

ZERO = Decimal(0)
CENT = Decimal("0.01")
_DECLINED = {
    "already_long": "ALREADY LONG",
    "already_short": "ALREADY SHORT",
    "already_flat": "WAITING",
}
_SIDES = {"BUY": 1, "SELL": -1, "CLOSE": 0}

Receipt: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Check:
    """A promise, and what came of it."""

    promise: str
    wrong: Sequence[str]
    found: str

    @property
    def holds(self) -> bool:
        return not self.wrong


def verdict(evidence: Evidence) -> list[Check]:
    return [
        _accepted(evidence),
        _refused(evidence),
        _ended(evidence),
        _resends(evidence),
        _order_ids(evidence),
        _legs(evidence),
        _fills(evidence),
        _positions(evidence),
        _sides(evidence),
        _analytics_shares(evidence),
        _profit(evidence),
        _account(evidence),
        _endings_journaled(evidence),
        _statuses(evidence),
        _performance(evidence),
        _dead_letters(evidence),
    ]


def _check(promise: str, wrong: Iterable[str], found: str) -> Check:
    return Check(promise, list(wrong), found)


def _accepted(evidence: Evidence) -> Check:
    accepted = {signal_id for alert in evidence.sent for signal_id in alert.answers}
    stored = {receipt["signal_id"] for receipt in evidence.receipts}
    found = f"{len(accepted)} answered with 200, {len(stored)} stored"
    return _check("Every accepted alert is there", accepted - stored, found)


def _refused(evidence: Evidence) -> Check:
    """TradingView sends again on 5xx alone, so nothing else may mean that it should."""
    statuses = Counter(status for alert in evidence.sent for status in alert.refusals)
    wrong = [
        f"{count} answered with {status}" for status, count in statuses.items() if status != 503
    ]
    found = f"{statuses[503]} answered with 503"
    return _check("What is not accepted is answered with 503", wrong, found)


def _ended(evidence: Evidence) -> Check:
    endings = Counter(
        f"{receipt['ending']} ({receipt['reason']})"
        if receipt["ending"] in ("failed", "expired", "declined")
        else receipt["ending"]
        for receipt in evidence.receipts
    )
    without = [
        receipt["signal_id"] for receipt in evidence.receipts if receipt["ending"] in (None, "dead")
    ]
    found = ", ".join(f"{count} {ending}" for ending, count in endings.most_common())
    return _check("Every signal has its ending", without, found)


def _resends(evidence: Evidence) -> Check:
    several = [f"alert {alert.number}" for alert in evidence.sent if len(set(alert.answers)) > 1]
    ids = Counter(next(iter(alert.answers)) for alert in evidence.sent if alert.answers)
    shared = [signal_id for signal_id, count in ids.items() if count > 1]
    sends = sum(alert.sends for alert in evidence.sent)
    stored = len(evidence.receipts)
    extra = [f"{stored} signals of {len(evidence.sent)} alerts"]
    wrong = [*several, *shared, *(extra if stored > len(evidence.sent) else [])]
    return _check("A resend is one signal", wrong, f"{len(evidence.sent)} alerts, {sends} sends")


def _order_ids(evidence: Evidence) -> Check:
    orders = evidence.account["orders"]
    ids = Counter(order["client_order_id"] for order in orders)
    decided = {intent.client_order_id for intent in evidence.intents}
    wrong = [order_id for order_id, count in ids.items() if count > 1 or order_id not in decided]
    posted = evidence.account["orders_posted"]
    found = f"{len(orders)} orders of {len(decided)} intents, {posted} posts"
    return _check("No order stands twice, and none is unknown", wrong, found)


def _legs(evidence: Evidence) -> Check:
    """A leg has a second order only where the first took the account to zero, for the rest."""
    legs = defaultdict(list)
    for intent in evidence.intents:
        legs[intent.signal_id, intent.leg].append(intent)
    wrong = []
    for (signal_id, leg), parts in legs.items():
        filled = sum((part.filled_quantity for part in parts), ZERO)
        is_split = len(parts) > 1
        whole = parts[0].leg_quantity
        if is_split and (whole is None or filled > whole):
            wrong.append(f"{signal_id} {leg}")
    split = sum(len(parts) > 1 for parts in legs.values())
    return _check("No leg was traded twice", wrong, f"{len(legs)} legs, {split} across zero")


def _fills(evidence: Evidence) -> Check:
    ours = {intent.client_order_id: intent.filled_quantity for intent in evidence.intents}
    wrong = [
        order["client_order_id"]
        for order in evidence.account["orders"]
        if ours.get(order["client_order_id"]) != Decimal(order["filled_qty"])
    ]
    return _check("Every fill was counted", wrong, f"{len(evidence.account['fills'])} fills")


def _positions(evidence: Evidence) -> Check:
    ours: dict[str, Decimal] = defaultdict(Decimal)
    for (symbol, _), held in evidence.books.items():
        ours[symbol] += held
    theirs = _amounts(evidence.account["positions"])
    wrong = [
        f"{symbol}: {ours.get(symbol, ZERO)} in books, {theirs.get(symbol, ZERO)} at Alpaca"
        for symbol in sorted(ours.keys() | theirs.keys())
        if ours.get(symbol, ZERO) != theirs.get(symbol, ZERO)
    ]
    wrong += [
        f"{symbol}: {shares} external" for symbol, shares in evidence.external.items() if shares
    ]
    return _check("The books add up to the positions", wrong, f"{len(theirs)} positions")


def _sides(evidence: Evidence) -> Check:
    wrong = []
    last = last_signals(evidence.receipts)
    for book, receipt in last.items():
        arrived = receipt["ending"] == "filled" or receipt["reason"] in _DECLINED
        held = evidence.books.get(book, ZERO)
        if arrived and (held > 0) - (held < 0) != _SIDES[receipt["action"]]:
            wrong.append(f"{' '.join(book)}: {receipt['action']} ended holding {held}")
    return _check("Each book is where its last signal wanted it", wrong, f"{len(last)} books")


def _analytics_shares(evidence: Evidence) -> Check:
    theirs = {
        (line["symbol"], line["timeframe"]): Decimal(line["quantity"])
        for line in evidence.summary["by_book"]
    }
    wrong = [
        f"{' '.join(book)}: {ours} in executor, {theirs.get(book, ZERO)} in analytics"
        for book, ours in {**dict.fromkeys(theirs, ZERO), **evidence.books}.items()
        if ours != theirs.get(book, ZERO)
    ]
    return _check("Analytics counts the same shares", wrong, f"{len(theirs)} books")


def _profit(evidence: Evidence) -> Check:
    ours = {line["symbol"]: line for line in evidence.summary["by_symbol"]}
    wrong = [
        f"{symbol} {kind}: {ours[symbol][kind] if symbol in ours else 'none'}, not {stated[kind]}"
        for symbol, stated in evidence.account["symbols"].items()
        for kind in ("realised", "unrealised")
        if symbol not in ours or _cents(ours[symbol][kind]) != _cents(stated[kind])
    ]
    found = f"${_cents(evidence.account['realised']):,} realised"
    return _check("Profit and loss agree to the cent, by symbol", wrong, found)


def _account(evidence: Evidence) -> Check:
    ours = {**evidence.summary, **evidence.summary["account"]}
    wrong = [
        f"{kind}: {ours[kind]}, not {evidence.account[kind]}"
        for kind in ("cash", "equity", "realised", "unrealised")
        if _cents(ours[kind]) != _cents(evidence.account[kind])
    ]
    found = f"${_cents(evidence.account['equity']):,} equity"
    return _check("The account agrees to the cent", wrong, found)


def _endings_journaled(evidence: Evidence) -> Check:
    theirs = +Counter(evidence.summary["signals_by_ending"])
    ours = Counter(receipt["ending"] or "none" for receipt in evidence.receipts)
    wrong = [f"{theirs} in analytics, {ours} in receipts"] if theirs != ours else []
    return _check("Analytics knows every ending", wrong, f"{theirs.total()} signals")


def _statuses(evidence: Evidence) -> Check:
    shown = {(row["symbol"], row["Time Frame"]): row["Order Status"] for row in evidence.config_tab}
    wrong = []
    for book, receipt in last_signals(evidence.receipts).items():
        expected = status_after(receipt)
        if shown.get(book) != expected:
            wrong.append(f"{' '.join(book)}: {shown.get(book)}, not {expected}")
    return _check("The sheet shows every final status", wrong, f"{len(shown)} rows")


def _performance(evidence: Evidence) -> Check:
    shown = {row["symbol"]: _dollars(row["total_pnl"]) for row in evidence.performance_tab}
    wrong = [
        f"{symbol}: {shown.get(symbol, ZERO)}, not {stated['realised']}"
        for symbol, stated in evidence.account["symbols"].items()
        if shown.get(symbol, ZERO) != _cents(stated["realised"])
    ]
    return _check("The Performance tab adds up", wrong, f"{len(shown)} rows")


def _dead_letters(evidence: Evidence) -> Check:
    wrong = [f"{evidence.dead_letters} dead letters"] if evidence.dead_letters else []
    return _check("No message is dead", wrong, "none")


def status_after(receipt: Receipt) -> str:
    """Return the Order Status that a signal's ending leaves."""
    if receipt["ending"] == "filled":
        return "WAITING" if receipt["action"] == "CLOSE" else "FILLED"
    if receipt["ending"] == "declined":
        return _DECLINED.get(receipt["reason"], "FAILED")
    return "FAILED"


def last_signals(receipts: Iterable[Receipt]) -> dict[tuple[str, str], Receipt]:
    """Return each book's newest signal that was not superseded; receipts come newest first."""
    last: dict[tuple[str, str], Receipt] = {}
    for receipt in receipts:
        if receipt["ending"] != "superseded":
            last.setdefault((receipt["symbol"], receipt["timeframe"]), receipt)
    return last


def _amounts(texts: Mapping[str, str]) -> dict[str, Decimal]:
    return {name: Decimal(text) for name, text in texts.items()}


def _cents(amount: str) -> Decimal:
    return Decimal(amount).quantize(CENT, rounding=ROUND_HALF_UP)


def _dollars(text: str) -> Decimal:
    return Decimal(text.replace("$", "").replace(",", ""))
