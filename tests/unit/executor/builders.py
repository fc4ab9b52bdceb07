"""Facts as an ordinary moment has them: a flat book, an active row, an open market."""

from datetime import timedelta
from decimal import Decimal

from novalgo_common.events import Action, Leg, OrderStatus, Side
from novalgo_common.order_ids import client_order_id
from novalgo_executor.broker import Asset, MarketHours, OrderRequest, PositionIntent, Quote
from novalgo_executor.facts import Facts, Order, Rules, Signal
from novalgo_executor.steps import Submit
from novalgo_executor.store import Exposure, Store
from tests.builders import NOON, SIGNAL_ID, SYMBOL, TIMEFRAME, a_config_row

RULES = Rules(max_signal_age=timedelta(minutes=5))
OPEN = MarketHours(
    is_open=True, next_open=NOON + timedelta(hours=21), next_close=NOON + timedelta(hours=4)
)
CLOSED = MarketHours(
    is_open=False, next_open=NOON + timedelta(hours=21), next_close=NOON + timedelta(hours=28)
)
ASSET = Asset(symbol=SYMBOL, tradable=True, fractionable=True, shortable=True)
QUOTE = Quote(bid=Decimal("199.99"), ask=Decimal("200.01"))


def a_stored_signal(action: Action = Action.BUY, **changes: object) -> Signal:
    fields: dict[str, object] = {
        "signal_id": SIGNAL_ID,
        "sequence": 1,
        "action": action,
        "symbol": SYMBOL,
        "timeframe": TIMEFRAME,
        "fired_at": NOON,
    }
    return Signal(**fields | changes)  # type: ignore[arg-type]


async def store_intent(store: Store, signal: Signal, step: Submit) -> None:
    """Store what a signal was decided to do, where no limit speaks against it."""
    assert await store.add_intent(
        signal,
        step,
        config_version=1,
        position_size=None,
        held=Decimal(0),
        exposure=Exposure(Decimal(0), NOON),
        allows=None,
    )


def some_facts(**changes: object) -> Facts:
    fields: dict[str, object] = {
        "row": a_config_row(),
        "row_problem": None,
        "config_version": 1,
        "held": Decimal(0),
        "other_books": (),
        "external": Decimal(0),
        "only_book": True,
        "orders": (),
        "resting": (),
        "unsent": (),
        "moving": (),
        "newer_waits": False,
        "hours": OPEN,
        "asset": ASSET,
        "quote": QUOTE,
    }
    return Facts(**fields | changes)  # type: ignore[arg-type]


def an_order(leg: Leg = Leg.OPEN, side: Side = Side.BUY, **changes: object) -> Order:
    """Return a filled order of 25 shares."""
    fields: dict[str, object] = {
        "request": OrderRequest(
            client_order_id=client_order_id(SIGNAL_ID, leg),
            symbol=SYMBOL,
            side=side,
            quantity=Decimal(25),
            notional=None,
            position_intent=PositionIntent.BUY_TO_OPEN,
        ),
        "signal_id": SIGNAL_ID,
        "timeframe": TIMEFRAME,
        "action": Action.BUY,
        "leg": leg,
        "part": 1,
        "leg_quantity": Decimal(25),
        "sent": True,
        "status": OrderStatus.FILLED,
        "order_id": "an-order",
        "filled_quantity": Decimal(25),
        "counted_quantity": Decimal(25),
        "created_at": NOON,
        "missing_since": None,
        "ended_at": NOON,
        "detail": "",
    }
    return Order(**fields | changes)  # type: ignore[arg-type]
