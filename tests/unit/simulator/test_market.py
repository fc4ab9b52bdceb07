from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from novalgo_common.errors import SettingsError
from novalgo_simulator.api.rate_limit import Allowance
from novalgo_simulator.market.bars import DAY, bar, spans, timeframe_of
from novalgo_simulator.market.chance import part_of_first_fill
from novalgo_simulator.market.new_york import NewYorkHours
from novalgo_simulator.market.prices import RandomWalk, RecordedPrices
from novalgo_simulator.market.session import AlwaysOpen, TradingDay
from novalgo_simulator.market.tape import Tape
from tests.unit.simulator.alpaca_builders import NOON

WALK = RandomWalk(7)
SECOND = timedelta(seconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def a_tape() -> Tape:
    return Tape(started_at=NOON, step_length=SECOND)


def test_a_seed_decides_every_price() -> None:
    path = [WALK.price("AAPL", step) for step in range(-50, 50)]

    assert path == [RandomWalk(7).price("AAPL", step) for step in range(-50, 50)]
    assert path != [RandomWalk(8).price("AAPL", step) for step in range(-50, 50)]


@pytest.mark.parametrize("symbol", ["AAPL", "BRK.A", "BRK.B", "NAN", "TRUE", "X"])
def test_prices_are_whole_cents_and_move_a_little_at_a_time(symbol: str) -> None:
    path = [WALK.price(symbol, step) for step in range(3600)]

    assert all(price == price.quantize(Decimal("0.01")) and price > 0 for price in path)
    assert len(set(path)) > 1
    steps = [abs(later / earlier - 1) for earlier, later in pairwise(path)]
    assert max(steps) < Decimal("0.01")


def test_a_file_s_prices_hold_until_its_next_row(tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text("step,symbol,price\n10,AAPL,101.5\n0,AAPL,100\n")

    recorded = RecordedPrices.read(file, WALK)

    assert [recorded.price("AAPL", step) for step in (-5, 0, 9, 10, 99)] == [
        100,
        100,
        100,
        Decimal("101.50"),
        Decimal("101.50"),
    ]
    assert recorded.price("MSFT", 3) == WALK.price("MSFT", 3)


def test_a_file_that_cannot_be_read_names_its_setting(tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text("step,symbol,price\nfirst,AAPL,101.5\n")

    with pytest.raises(SettingsError, match="NOVALGO_SIMULATOR_PRICES"):
        RecordedPrices.read(file, WALK)


def test_a_thawed_market_goes_on_where_it_was_frozen() -> None:
    frozen = a_tape().frozen(NOON + 10 * SECOND)
    thawed = frozen.thawed(NOON + 60 * SECOND)

    assert frozen.step(NOON + 60 * SECOND) == 10
    assert thawed.step(NOON + 60 * SECOND) == 10
    assert thawed.step(NOON + 65 * SECOND) == 15


@pytest.mark.parametrize("tape", [a_tape(), a_tape().frozen(NOON)])
def test_the_market_can_be_taken_further(tape: Tape) -> None:
    assert tape.advanced(100).step(NOON) == 100


def test_a_held_price_stands_until_it_is_let_go() -> None:
    held = a_tape().with_price("AAPL", Decimal("50.00"))

    assert held.quote(WALK, "AAPL", NOON).ask == Decimal("50.01")
    let_go = held.with_price("AAPL", None)
    assert let_go.quote(WALK, "AAPL", NOON).last == WALK.price("AAPL", 0)


def test_about_a_tenth_of_the_orders_fill_in_parts() -> None:
    parts = [part_of_first_fill(7, order, Decimal("0.1")) for order in range(10_000)]

    found = [part for part in parts if part is not None]
    assert 900 < len(found) < 1100
    assert all(0 <= part < 1 for part in found)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        pytest.param("2026-11-23T14:29:59.9", False, id="before the open"),
        pytest.param("2026-11-23T14:30:00", True, id="at the open"),
        pytest.param("2026-11-23T20:59:59.9", True, id="before the close"),
        pytest.param("2026-11-23T21:00:00", False, id="at the close"),
        pytest.param("2026-11-26T16:00:00", False, id="Thanksgiving"),
        pytest.param("2026-11-27T17:59:00", True, id="half a day"),
        pytest.param("2026-11-27T18:00:00", False, id="the other half"),
        pytest.param("2026-11-28T16:00:00", False, id="Saturday"),
    ],
)
def test_new_york_keeps_its_hours(moment: str, is_open: bool) -> None:
    assert NewYorkHours().is_open(at(moment)) is is_open


def test_new_york_names_its_next_and_last_hours() -> None:
    hours, thanksgiving = NewYorkHours(), at("2026-11-26T16:00:00")

    assert hours.next_open(thanksgiving) == at("2026-11-27T14:30:00")
    assert hours.next_close(thanksgiving) == at("2026-11-27T18:00:00")
    assert hours.last_close(thanksgiving) == at("2026-11-25T21:00:00")
    assert hours.days(date(2026, 11, 26), date(2026, 11, 28)) == [
        TradingDay(date(2026, 11, 27), time(9, 30), time(13, 0))
    ]


def test_a_market_that_never_closes_begins_its_day_at_new_york_s_midnight() -> None:
    session = AlwaysOpen()

    assert session.is_open(NOON)
    assert session.last_close(NOON) == at("2026-11-23T05:00:00")
    assert session.next_close(NOON) == at("2026-11-24T05:00:00")


def test_bars_join_where_the_path_does() -> None:
    start, length = NOON, timeframe_of("15Min")
    found = list(spans(AlwaysOpen(), length, start, start + timedelta(hours=1)))
    later = NOON + timedelta(days=1)

    bars = [
        bar(span, lambda moment: WALK.price("AAPL", a_tape().step(moment)), later) for span in found
    ]

    assert [found.start for found in bars] == [start + length * number for number in range(5)]
    assert all(one.close == two.open for one, two in pairwise(bars))
    assert all(one.low <= min(one.open, one.close) for one in bars)


def test_daily_bars_leave_out_the_days_without_trading() -> None:
    found = spans(NewYorkHours(), DAY, at("2026-11-24T00:00:00"), at("2026-11-30T00:00:00"))

    assert [span.label.date().day for span in found] == [24, 25, 27]


@pytest.mark.parametrize("text", ["0Min", "24Hour", "1Month", "Min", "-5Min", ""])
def test_an_unknown_timeframe_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="invalid timeframe"):
        timeframe_of(text)


def test_a_new_minute_gives_the_whole_allowance_again() -> None:
    allowance = Allowance(limit=2, minute=0, remaining=2)

    seen = []
    for second in (0, 1, 2, 59, 60):
        allowance = allowance.after_request(NOON + second * SECOND)
        seen.append((allowance.remaining, allowance.refused))

    assert seen == [(1, False), (0, False), (0, True), (0, True), (1, False)]
    assert allowance.resets_at == int(NOON.timestamp()) + 120
