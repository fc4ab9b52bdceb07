"""Whether a run kept what NovAlgo promises.  Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from novalgo_analytics.figures import EXTERNAL_NAME
from tests.chaos.alerts import Sent
from tests.chaos.endings import DECLINED, ending, last_signals, listed, status_after
from tests.chaos.evidence import Evidence

ZERO = Decimal(0)
CENT = Decimal("0.01")
_SIDES = {"BUY": 1, "SELL": -1, "CLOSE": 0}


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


def verdict_of_restored(
    evidence: Evidence, *, halted: Sequence[Sent], traded: Sequence[Sent]
) -> list[Check]:
    """Judge a system whose stores were taken back to a backup.

    `evidence.sent` is what was answered before the backup was begun, and what was sent since the
    restore: `halted` before somebody resumed, `traded` after that.
    """
    return [
        _accepted(evidence),
        _refused(evidence),
        _ended(evidence),
        _halted(evidence, halted),
        _traded(evidence, traded),
        _never_twice(evidence),
        _legs(evidence),
        _shares(evidence),
        _analytics_shares(evidence),
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
    endings = Counter(ending(receipt) for receipt in evidence.receipts)
    without = [
        receipt["signal_id"] for receipt in evidence.receipts if receipt["ending"] in (None, "dead")
    ]
    return _check("Every signal has its ending", without, listed(endings))


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
    decided = {intent.client_order_id for intent in evidence.intents}
    unknown = {order["client_order_id"] for order in orders} - decided
    wrong = [*_doubled(evidence), *sorted(unknown)]
    posted = evidence.account["orders_posted"]
    found = f"{len(orders)} orders of {len(decided)} intents, {posted} posts"
    return _check("No order stands twice, and none is unknown", wrong, found)


def _never_twice(evidence: Evidence) -> Check:
    found = f"{len(evidence.account['orders'])} orders"
    return _check("No order stands twice at the broker", _doubled(evidence), found)


def _doubled(evidence: Evidence) -> list[str]:
    ids = Counter(order["client_order_id"] for order in evidence.account["orders"])
    return [order_id for order_id, count in ids.items() if count > 1]


def _halted(evidence: Evidence, sent: Sequence[Sent]) -> Check:
    endings = _endings(evidence, sent, ("BUY", "SELL"))
    wrong = [f"{endings['filled']} entries were filled"] if endings["filled"] else []
    return _check("Nothing is opened until somebody resumes", wrong, listed(endings))


def _traded(evidence: Evidence, sent: Sequence[Sent]) -> Check:
    endings = _endings(evidence, sent, ("BUY", "SELL", "CLOSE"))
    wrong = [] if endings["filled"] else ["nothing was filled"]
    return _check("After that it trades on", wrong, listed(endings))


def _endings(evidence: Evidence, sent: Sequence[Sent], actions: Sequence[str]) -> Counter[str]:
    ids = {signal_id for alert in sent if alert.action in actions for signal_id in alert.answers}
    return Counter(ending(each) for each in evidence.receipts if each["signal_id"] in ids)


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
    wrong = [*_astray(evidence, {})]
    wrong += [
        f"{symbol}: {shares} external" for symbol, shares in evidence.external.items() if shares
    ]
    theirs = evidence.account["positions"]
    return _check("The books add up to the positions", wrong, f"{len(theirs)} positions")


def _shares(evidence: Evidence) -> Check:
    """Shares that the stores forgot are external, unless it is clear whose they are."""
    held = sum(quantity != ZERO for quantity in evidence.books.values())
    outside = sum(quantity != ZERO for quantity in evidence.external.values())
    wrong = _astray(evidence, evidence.external)
    found = f"{held} books, {outside} external"
    return _check("Books and external shares add up to the positions", wrong, found)


def _astray(evidence: Evidence, external: Mapping[str, Decimal]) -> Iterable[str]:
    ours = defaultdict(Decimal, external)
    for (symbol, _), held in evidence.books.items():
        ours[symbol] += held
    theirs = _amounts(evidence.account["positions"])
    for symbol in sorted(ours.keys() | theirs.keys()):
        if ours.get(symbol, ZERO) != theirs.get(symbol, ZERO):
            yield f"{symbol}: {ours.get(symbol, ZERO)} here, {theirs.get(symbol, ZERO)} at Alpaca"


def _sides(evidence: Evidence) -> Check:
    wrong = []
    last = last_signals(evidence.receipts)
    for book, receipt in last.items():
        arrived = receipt["ending"] == "filled" or receipt["reason"] in DECLINED
        held = evidence.books.get(book, ZERO)
        if arrived and (held > 0) - (held < 0) != _SIDES[receipt["action"]]:
            wrong.append(f"{' '.join(book)}: {receipt['action']} ended holding {held}")
    return _check("Each book is where its last signal wanted it", wrong, f"{len(last)} books")


def _analytics_shares(evidence: Evidence) -> Check:
    theirs = {
        (line["symbol"], line["timeframe"]): Decimal(line["quantity"])
        for line in evidence.summary["by_book"]
    }
    outside = {(symbol, EXTERNAL_NAME): shares for symbol, shares in evidence.external.items()}
    wrong = [
        f"{' '.join(book)}: {ours} in executor, {theirs.get(book, ZERO)} in analytics"
        for book, ours in {**dict.fromkeys(theirs, ZERO), **evidence.books, **outside}.items()
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


def _amounts(texts: Mapping[str, str]) -> dict[str, Decimal]:
    return {name: Decimal(text) for name, text in texts.items()}


def _cents(amount: str) -> Decimal:
    return Decimal(amount).quantize(CENT, rounding=ROUND_HALF_UP)


def _dollars(text: str) -> Decimal:
    return Decimal(text.replace("$", "").replace(",", ""))
