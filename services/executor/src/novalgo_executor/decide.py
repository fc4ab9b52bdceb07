"""What to do next about a signal.  Pure: no I/O, no clock, no settings look-up.

`decide` is asked again after every step with the facts as they then are, so that it does not matter
whether the process was restarted in between.  Exits come first and are never refused; only opening
can be declined.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from novalgo_common.events import Action, Ending, Leg, OrderStatus, Reason, Side
from novalgo_common.order_ids import client_order_id
from novalgo_executor.broker import OrderRequest, PositionIntent, Quote
from novalgo_executor.facts import (
    ZERO,
    Facts,
    Order,
    Rules,
    Signal,
    WhenClosed,
    time_since,
)
from novalgo_executor.halts import Halt
from novalgo_executor.refuse import refuse_entry, refuse_size
from novalgo_executor.size import Size, size_row, too_small
from novalgo_executor.steps import (
    OUTDATED,
    Ask,
    Cancel,
    CountFills,
    End,
    LookUp,
    Send,
    Step,
    Submit,
    Wait,
)
from novalgo_executor.terms import age_limit


@dataclass(frozen=True, slots=True)
class _Case:
    signal: Signal
    facts: Facts
    rules: Rules
    now: datetime

    @property
    def age_limit(self) -> timedelta:
        return age_limit(self.facts.row, self.rules.max_signal_age)

    @property
    def too_old(self) -> bool:
        return self.facts.age > self.age_limit

    def since(self, moment: datetime) -> timedelta:
        return time_since(moment, self.now)

    def missed_the_close(self, order: Order) -> bool:
        """Say whether an entry would be filled by an open for which nothing is to be queued."""
        is_late = order.leg is Leg.OPEN and not self.facts.hours.is_open
        return is_late and self.rules.when_closed is WhenClosed.REJECT

    def rests_too_long(self, order: Order) -> bool:
        """Say whether an entry has stalled: filled in part, or not at all until it is stale."""
        opened = self.facts.open_since
        if order.leg is not Leg.OPEN or not self.facts.hours.is_open or opened is None:
            return False
        some = order.filled_quantity > 0
        patience = self.rules.entry_patience if some else self.age_limit
        return self.since(max(order.created_at, opened)) >= patience


def age_counts_from(signal: Signal, orders: Sequence[Order]) -> datetime:
    """Return when the signal fired; or when its own close ended, which it may have waited for.

    That close may have had to wait for the next session.
    """
    return max([signal.fired_at, *(order.ended_at for order in orders if order.ended_at)])


def decide(signal: Signal, facts: Facts, rules: Rules, *, now: datetime) -> Step:
    """Return the next step towards the state that `signal` asks its book to be in."""
    case = _Case(signal, facts, rules, now)
    for order in facts.orders:
        unfinished = _finish(case, order)
        if unfinished is not None:
            return unfinished
    if facts.orders and facts.orders[-1].status is not OrderStatus.FILLED:
        short = _fall_short(case, facts.orders[-1])
        if short is not None:
            return short
    if facts.newer_waits and not facts.orders:
        # It may have come while an older signal of the symbol was being carried out.
        return OUTDATED

    held_as = _side_of(facts.held)
    if held_as is signal.action:
        rest = _rest_of_opening(facts)
        return _open_rest(case, rest) if rest > 0 else _arrived(signal, facts)
    if held_as is not Action.CLOSE:
        return _move(case, Leg.CLOSE, Size(quantity=abs(facts.held)))
    return _open(case)


def _side_of(held: Decimal) -> Action:
    if held == 0:
        return Action.CLOSE
    return Action.BUY if held > 0 else Action.SELL


def _finish(case: _Case, order: Order) -> Step | None:
    """Return what an order still needs before the signal can go on, or None."""
    if order.status is OrderStatus.UNKNOWN:
        return _finish_unknown(case, order)
    if order.status is OrderStatus.OPEN:
        market_open = case.facts.hours.is_open
        impatient = case.since(order.created_at) >= case.rules.patience or not market_open
        gives_way = case.facts.newer_waits and impatient
        if gives_way or case.rests_too_long(order) or case.missed_the_close(order):
            return Cancel(order)
        return Wait(parked=not market_open)
    if order.counted_quantity < order.filled_quantity:
        # The stream is about to tell the fills, for no request at all.
        waited = case.since(order.ended_at or case.now)
        return CountFills(order) if waited >= case.rules.stream_lag else Wait()
    return None


def _finish_unknown(case: _Case, order: Order) -> Step:
    if not order.sent:
        if case.facts.newer_waits:
            return _superseded("the order was not sent yet")
        kept = _keep_opening(case, order) if order.leg is Leg.OPEN else None
        return kept or Send(order)
    denied_for = case.facts.denied_for
    # Of two denials: the last must be fresh, as Alpaca may have been away since the first.
    if denied_for is not None and denied_for >= case.rules.grace:
        return End(
            Ending.FAILED,
            Reason.OUTCOME_UNKNOWN,
            f"no answer came to order {order.request.client_order_id}, and Alpaca does not know "
            "it: look there before acting by hand",
        )
    return LookUp(order)


def _keep_opening(case: _Case, order: Order) -> Step | None:
    """Return what keeps back an opening that was stored and never left, or None."""
    facts = case.facts
    if case.too_old:
        return End(Ending.EXPIRED, Reason.STALE, "Alpaca could not be reached in time")
    if facts.halt is not None:
        return _halted(facts, facts.halt)
    if not facts.compared or facts.moving:
        return Wait(parked=True)
    if order.request.position_intent is not _intent(order, facts):
        return End(
            Ending.FAILED,
            Reason.POSITION_MISMATCH,
            f"the account came to {facts.net} shares before the order could leave: it was not sent",
        )
    return None


def _fall_short(case: _Case, order: Order) -> Step | None:
    """Return what follows from an order that did not fill, or None where nothing is missing.

    A close is refused where somebody else was faster.  Their fill is then on its way to the books.
    """
    if order.leg is not Leg.CLOSE or order.status is not OrderStatus.REJECTED:
        return _end_short(order, case.facts)
    if case.facts.held == 0:
        return None
    ended_at = order.ended_at or case.now
    return Wait() if case.since(ended_at) < case.rules.grace else _end_short(order, case.facts)


def _end_short(order: Order, facts: Facts) -> End:
    if facts.newer_waits and order.status is OrderStatus.CANCELED:
        return _superseded("a newer signal came before the order filled")
    if order.status is OrderStatus.REJECTED and order.filled_quantity == 0:
        return End(Ending.FAILED, Reason.BROKER_REFUSED, order.detail or "Alpaca refused the order")
    return End(
        Ending.FAILED,
        Reason.ORDER_ENDED_SHORT,
        f"the {order.leg} order ended {order.status} with {order.filled_quantity} filled",
    )


def _superseded(detail: str) -> End:
    return End(Ending.SUPERSEDED, Reason.NEWER_SIGNAL, detail)


def _rest_of_opening(facts: Facts) -> Decimal:
    """Return the shares that an opening still lacks after the part up to zero has filled."""
    opening = [order for order in facts.orders if order.leg is Leg.OPEN]
    if not opening or opening[0].leg_quantity is None:
        return ZERO
    return opening[0].leg_quantity - sum((order.filled_quantity for order in opening), ZERO)


def _open_rest(case: _Case, rest: Decimal) -> Step:
    halt = case.facts.halt
    if halt is not None:
        return _halted(case.facts, halt)
    return _move(case, Leg.OPEN, Size(quantity=rest))


def _halted(facts: Facts, halt: Halt) -> End:
    """End an opening that a halt has caught on its way, all or in part."""
    opened = any(order.leg is Leg.OPEN and order.filled_quantity for order in facts.orders)
    detail = f"entries were halted ({halt.scope}) on the way, at {facts.held} shares: {halt.reason}"
    return End(Ending.FAILED if opened else Ending.DECLINED, Reason.HALTED, detail)


def _arrived(signal: Signal, facts: Facts) -> End:
    if any(order.filled_quantity for order in facts.orders):
        return End(Ending.FILLED)
    reason = {
        Action.BUY: Reason.ALREADY_LONG,
        Action.SELL: Reason.ALREADY_SHORT,
        Action.CLOSE: Reason.ALREADY_FLAT,
    }[signal.action]
    return End(Ending.DECLINED, reason)


def _open(case: _Case) -> Step:
    """Open the book towards the signal's side, unless a rule declines it."""
    signal, facts = case.signal, case.facts
    if facts.newer_waits:
        return _superseded("a newer signal came between the close and the opening")
    if case.too_old:
        age = case.age_limit.total_seconds()
        return End(Ending.EXPIRED, Reason.STALE, f"the signal is older than {age:.0f} s")
    if facts.config_version is None:
        return Wait()
    if not facts.compared:
        return Wait(parked=True)
    refusal = refuse_entry(signal, facts, case.rules, now=case.now)
    if refusal is not None:
        return refusal
    assert facts.row is not None
    assert facts.asset is not None
    if facts.quote_missing:
        return End(Ending.DECLINED, Reason.NO_QUOTE, f"Alpaca has no quote of {signal.symbol}")
    if facts.orders and facts.broker_position is None:
        return Ask(position=True)  # first: it may have to wait for Alpaca's limit, and a quote ages
    if facts.quote is None:
        return Ask(quote=True)
    in_dollars = facts.asset.fractionable and facts.only_book and facts.net >= 0
    size = size_row(signal.action, facts.row, facts.quote, facts.equity, in_dollars=in_dollars)
    if size is None:
        detail = too_small(facts.row, facts.quote, facts.equity)
        return End(Ending.DECLINED, Reason.TOO_SMALL, detail)
    broken = refuse_size(signal, size, facts.quote, facts.usage, case.rules.limits)
    return broken or _move(case, Leg.OPEN, size)


def _move(case: _Case, leg: Leg, size: Size) -> Step:
    """Move the book by `size` with one order, or up to zero where the account would cross it."""
    signal, facts = case.signal, case.facts
    side = _order_side(signal, facts, leg)
    if any(leg is Leg.OPEN or order.leg is Leg.CLOSE for order in facts.unsent):
        # Where the account stands is certain only once they have left.  Exits go before entries.
        return Wait(parked=True)
    if any(order.request.side is not side for order in facts.resting):
        # Alpaca refuses an order against one of our own that rests (a wash trade).
        return Wait(parked=not facts.hours.is_open)
    reducing = _reduces(side, facts)
    quantity = size.quantity
    if reducing and quantity is not None:
        quantity = min(quantity, abs(facts.net))
        if quantity > abs(facts.net) - _held_for(facts.resting):
            # Nor does it sell shares again that an order of ours, which rests, is selling.
            return Wait(parked=not facts.hours.is_open)
    if facts.orders:
        if facts.broker_position is None:
            return Ask(position=True)
        if facts.broker_position != facts.net:
            return _mismatch(case)
    part = 1 + sum(order.leg is leg for order in facts.orders)
    request = OrderRequest(
        client_order_id=client_order_id(signal.signal_id, leg, part),
        symbol=signal.symbol,
        side=side,
        quantity=quantity,
        notional=size.notional,
        position_intent=_INTENTS[side, reducing],
    )
    return Submit(request, leg, part, size.quantity, _meets(side, facts.quote))


def _reduces(side: Side, facts: Facts) -> bool:
    return facts.net > 0 if side is Side.SELL else facts.net < 0


def _intent(order: Order, facts: Facts) -> PositionIntent:
    """Return what an order does to the account as it now stands."""
    side = order.request.side
    return _INTENTS[side, _reduces(side, facts)]


def _held_for(resting: Sequence[Order]) -> Decimal:
    """Return the shares that resting orders have yet to move."""
    wholes = [order for order in resting if order.request.quantity is not None]
    return sum(
        ((order.request.quantity or ZERO) - order.counted_quantity for order in wholes), ZERO
    )


def _order_side(signal: Signal, facts: Facts, leg: Leg) -> Side:
    if leg is Leg.CLOSE:
        return Side.SELL if facts.held > 0 else Side.BUY
    return Side.BUY if signal.action is Action.BUY else Side.SELL


def _meets(side: Side, quote: Quote | None) -> Decimal | None:
    if quote is None:
        return None
    return quote.ask if side is Side.BUY else quote.bid


def _mismatch(case: _Case) -> Step:
    ended_at = case.facts.orders[-1].ended_at
    assert ended_at is not None
    if case.since(ended_at) < case.rules.grace:
        return Wait()
    return End(
        Ending.FAILED,
        Reason.POSITION_MISMATCH,
        f"Alpaca states a position of {case.facts.broker_position} where {case.facts.net} was "
        "expected: the next order was not sent",
    )


_INTENTS = {
    (Side.BUY, False): PositionIntent.BUY_TO_OPEN,
    (Side.BUY, True): PositionIntent.BUY_TO_CLOSE,
    (Side.SELL, False): PositionIntent.SELL_TO_OPEN,
    (Side.SELL, True): PositionIntent.SELL_TO_CLOSE,
}
