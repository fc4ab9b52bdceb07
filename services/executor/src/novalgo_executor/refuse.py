"""Why an entry is declined.  Pure.  Exits never come here."""

from datetime import datetime
from decimal import Decimal

from novalgo_common.events import Action, Ending, Reason
from novalgo_executor.broker import Asset, Quote
from novalgo_executor.facts import ZERO, Conflict, Facts, Rules, Signal, WhenClosed
from novalgo_executor.limits import Limits, Usage, breach
from novalgo_executor.size import Size
from novalgo_executor.steps import Ask, End
from novalgo_executor.terms import broken_term


def refuse_entry(signal: Signal, facts: Facts, rules: Rules, *, now: datetime) -> End | Ask | None:
    """Return the first rule that declines the entry, the question it needs answered, or None."""
    refusal = (
        _refuse_halted(facts)
        or _refuse_old_config(facts, rules, now)
        or _refuse_row(facts)
        or _refuse_terms(signal, facts, now)
        or _refuse_session(facts, rules)
    )
    if refusal is not None:
        return refusal
    if facts.asset is None:
        return Ask(asset=True)
    return _refuse_asset(signal, facts.asset) or _refuse_conflict(signal, facts, rules)


def _decline(reason: Reason, detail: str) -> End:
    return End(Ending.DECLINED, reason, detail)


def refuse_size(
    signal: Signal, size: Size, quote: Quote, usage: Usage, limits: Limits
) -> End | None:
    """Return the limit that an entry of this size would break, or None."""
    buying = signal.action is Action.BUY
    price = quote.ask if buying else quote.bid
    dollars = size.notional if size.notional is not None else (size.quantity or ZERO) * price
    broken = breach(
        limits, usage, dollars=dollars, price=price, alert_price=signal.price, buying=buying
    )
    return _decline(broken.reason, broken.detail) if broken is not None else None


def _refuse_halted(facts: Facts) -> End | None:
    if facts.halt is None:
        return None
    return _decline(Reason.HALTED, f"entries are halted ({facts.halt.scope}): {facts.halt.reason}")


def _refuse_old_config(facts: Facts, rules: Rules, now: datetime) -> End | None:
    if rules.max_config_age is None or facts.config_read_at is None:
        return None
    if now - facts.config_read_at <= rules.max_config_age:
        return None
    seen = facts.config_read_at.isoformat(timespec="seconds")
    return _decline(Reason.HALTED, f"the sheet has not been read since {seen}: see its status")


def _refuse_terms(signal: Signal, facts: Facts, now: datetime) -> End | None:
    assert facts.row is not None
    broken = broken_term(facts.row, signal.action, last_entry=facts.last_entry, now=now)
    return _decline(broken.reason, broken.detail) if broken is not None else None


def _refuse_row(facts: Facts) -> End | None:
    if facts.row_problem is not None:
        return _decline(Reason.ROW_INVALID, facts.row_problem)
    if facts.row is None:
        return _decline(Reason.ROW_MISSING, "the Config tab has no such row")
    if not facts.row.active:
        return _decline(Reason.ROW_INACTIVE, "the row is not active")
    return None


def _refuse_session(facts: Facts, rules: Rules) -> End | None:
    if facts.hours.is_open or rules.when_closed is WhenClosed.QUEUE:
        return None
    opens = facts.hours.next_open.isoformat()
    return _decline(Reason.MARKET_CLOSED, f"the market is closed until {opens}")


def _refuse_asset(signal: Signal, asset: Asset) -> End | None:
    if not asset.tradable:
        return _decline(Reason.NOT_TRADABLE, f"Alpaca does not trade {asset.symbol}")
    if signal.action is Action.SELL and not asset.shortable:
        detail = f"{asset.symbol} cannot be sold short, or is not easy to borrow"
        return _decline(Reason.NOT_SHORTABLE, detail)
    return None


def _refuse_conflict(signal: Signal, facts: Facts, rules: Rules) -> End | None:
    """Decline an entry whose later exit, or another book's, the netted account could not serve."""
    assert facts.asset is not None
    long = signal.action is Action.BUY
    if not any(held < 0 if long else held > 0 for held in facts.other_books):
        return None
    against = "another timeframe holds the other side"
    if rules.conflict is Conflict.REFUSE:
        return _decline(Reason.CONFLICT, against)
    if not facts.asset.shortable:
        detail = f"{against}; when it closes, a short of {signal.symbol} would be needed"
        return _decline(Reason.CONFLICT, detail)
    if any(_is_fraction(held) for held in (*facts.other_books, facts.external)):
        return _decline(Reason.CONFLICT, f"{against} with a fraction, which no short can net")
    return None


def _is_fraction(quantity: Decimal) -> bool:
    return quantity != quantity.to_integral_value()
