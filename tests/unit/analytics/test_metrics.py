from datetime import timedelta
from decimal import Decimal

from prometheus_client import CollectorRegistry

from novalgo_analytics.metrics import Metrics
from novalgo_common.events import Ending, Reason
from tests.builders import NOON, a_fill, a_position, a_signal, a_signal_ended, an_account_snapshot


def value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(name, labels)


def test_signals_are_counted_by_their_ending_and_reason() -> None:
    metrics = Metrics()

    metrics.count(a_signal_ended(ending=Ending.FILLED))
    metrics.count(a_signal_ended(ending=Ending.DECLINED, reason=Reason.TOO_SMALL))

    endings = "novalgo_signal_endings_total"
    assert value(metrics.registry, endings, ending="filled", reason="") == 1
    assert value(metrics.registry, endings, ending="declined", reason="too_small") == 1


def test_a_fill_of_nobodys_order_is_told_from_ours() -> None:
    metrics = Metrics()

    metrics.count(a_fill())
    metrics.count(a_fill(client_order_id=None, timeframe=None, leg=None))

    fills = "novalgo_fills_total"
    assert value(metrics.registry, fills, side="buy", origin="novalgo") == 1
    assert value(metrics.registry, fills, side="buy", origin="other") == 1


def test_the_newest_signal_is_dated() -> None:
    metrics = Metrics()

    metrics.count(a_signal())

    assert value(metrics.registry, "novalgo_last_signal_timestamp_seconds") == NOON.timestamp()


def test_the_account_is_shown_as_the_broker_states_it() -> None:
    metrics = Metrics()
    long = a_position(symbol="AAPL", market_value=Decimal(5000), unrealized_pl=Decimal(-20))
    short = a_position(symbol="TSLA", market_value=Decimal(-3000), unrealized_pl=Decimal(50))

    metrics.stated(an_account_snapshot(equity=Decimal(101_000), positions=(long, short)))

    assert value(metrics.registry, "novalgo_equity_dollars") == 101_000
    assert value(metrics.registry, "novalgo_gross_exposure_dollars") == 8000
    assert value(metrics.registry, "novalgo_unrealised_pnl_dollars") == 30
    assert value(metrics.registry, "novalgo_positions_held") == 2


def test_clocks_that_disagree_make_no_stage_negative() -> None:
    metrics = Metrics()

    metrics.reached("stored", timedelta(seconds=-5))

    assert value(metrics.registry, "novalgo_stage_seconds_sum", stage="stored") == 0
