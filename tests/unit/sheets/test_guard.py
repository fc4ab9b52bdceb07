"""Which of the tab's rows count: the second look, and what must be confirmed."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from novalgo_common.events import ConfigRow, Sizing
from novalgo_sheets.config_tab import ConfigTab, Key, read_config
from novalgo_sheets.guard import RESTLESS, Settled, as_seen, confirmation, settle
from novalgo_sheets.sheet import Cell
from tests.builders import a_config_row

HEADER: list[Cell] = [
    "symbol", "position_size", "active", "Time Frame", "confirm", "sizing", "stop_distance"
]  # fmt: skip
KEY = ("AAPL", "15 Min")
JUMP = Decimal(3)
OLD = {KEY: a_config_row(position_size=Decimal(5000))}


def a_tab(
    size: Cell, *, active: bool = True, confirm: Cell = "", sizing: Cell = "", stop: Cell = ""
) -> ConfigTab:
    row: list[Cell] = ["AAPL", size, active, "15 Min", confirm, sizing, stop]
    tab = read_config([HEADER, row])
    assert isinstance(tab, ConfigTab)
    return tab


def seen_twice(tab: ConfigTab, known: Mapping[Key, ConfigRow] = OLD) -> Settled:
    return settle(tab, as_seen(tab), known, JUMP)


def in_force(settled: Settled) -> ConfigRow:
    [row] = settled.tab.config()
    return row


def test_a_change_waits_for_the_second_look() -> None:
    tab = a_tab(6000)

    first = settle(tab, OLD, OLD, JUMP)

    assert first.is_waiting
    assert in_force(first).position_size == 5000
    assert not seen_twice(tab).is_waiting
    assert in_force(seen_twice(tab)).position_size == 6000


def test_a_new_row_waits_too() -> None:
    first = settle(a_tab(6000), {}, {}, JUMP)

    assert (first.tab.config(), first.tab.problems(), first.is_waiting) == ((), (), True)


def looked_at(sizes: Iterable[int], known: Mapping[Key, ConfigRow]) -> Settled:
    """Return what the last of many looks found, each with another size."""
    before: Mapping[Key, ConfigRow] = known
    settled = Settled(a_tab(5000), {})
    for size in sizes:
        settled = settle(a_tab(size), before, known, JUMP, settled.restless)
        before = as_seen(a_tab(size))
    return settled


def test_a_row_that_every_look_finds_changed_says_so_and_is_traded_by_as_it_was() -> None:
    typed, live = range(5001, 5000 + RESTLESS), range(5001, 5001 + RESTLESS)

    assert looked_at(typed, OLD).tab.rows[0].notice == ""
    assert looked_at(live, OLD).tab.rows[0].notice.startswith("still 5000: this row changes")
    assert in_force(looked_at(live, OLD)) == OLD[KEY]


def test_a_new_row_that_never_stands_still_is_a_problem_until_it_does() -> None:
    [restless] = looked_at(range(5001, 5001 + RESTLESS), {}).tab.rows
    [settled] = looked_at([*range(5001, 5001 + RESTLESS), 6000, 6000], {}).tab.rows

    assert "Write a value" in restless.problem
    assert (settled.problem, settled.row) == ("", a_config_row(position_size=Decimal(6000)))


def test_what_stops_trading_counts_at_once() -> None:
    off = settle(a_tab(99_000, active=False), OLD, OLD, JUMP)
    broken = settle(a_tab("a lot"), OLD, OLD, JUMP)

    assert not in_force(off).active
    assert in_force(off).position_size == 5000
    assert broken.tab.config() == ()


@pytest.mark.parametrize(
    ("size", "sizing", "stop", "asked"),
    [
        pytest.param(15_000, "", "", None, id="three times"),
        pytest.param(15_001, "", "", "15001", id="more than three times"),
        pytest.param(50, "", "", None, id="less is never held up"),
        pytest.param(10, "shares", "", "10 shares", id="shares in the place of dollars"),
        pytest.param(5, "percent", "", "5 percent", id="percent in the place of dollars"),
        pytest.param(100, "risk", 2.5, "100 at 2.5", id="risk in the place of dollars"),
    ],
)
def test_an_unusual_change_is_asked_about(
    size: Cell, sizing: Cell, stop: Cell, asked: str | None
) -> None:
    settled = seen_twice(a_tab(size, sizing=sizing, stop=stop))

    [row] = settled.tab.rows
    assert (f'Write "{asked}"' in row.notice) is (asked is not None)
    assert (in_force(settled) == OLD[KEY]) is (asked is not None)


def test_a_closer_stop_is_a_larger_position() -> None:
    risk = a_config_row(
        position_size=Decimal(100), sizing=Sizing.RISK, stop_distance=Decimal("2.5")
    )

    settled = seen_twice(a_tab(100, sizing="risk", stop=0.25), {KEY: risk})

    assert in_force(settled) == risk


@pytest.mark.parametrize("confirm", [50_000, "50000", "$50,000", " 50000 "])
def test_the_size_written_a_second_time_confirms_it(confirm: Cell) -> None:
    assert in_force(seen_twice(a_tab(50_000, confirm=confirm))).position_size == 50_000


@pytest.mark.parametrize("confirm", ["yes", 5000, True, "50000 shares", ""])
def test_nothing_else_does(confirm: Cell) -> None:
    assert in_force(seen_twice(a_tab(50_000, confirm=confirm))).position_size == 5000


def test_an_old_confirmation_of_dollars_is_none_of_shares() -> None:
    assert in_force(seen_twice(a_tab(5000, confirm=5000, sizing="shares"))) == OLD[KEY]


def test_switched_off_is_off_while_the_size_is_in_question() -> None:
    assert not in_force(seen_twice(a_tab(50_000, active=False))).active


@given(st.integers(1, 10**8), st.integers(1, 10**8), st.booleans())
def test_no_size_counts_at_its_first_look_nor_jumps_unconfirmed(
    size: int, before: int, active: bool
) -> None:
    known = {KEY: a_config_row(position_size=Decimal(before))}
    tab = a_tab(size, active=active)

    first, second = settle(tab, known, known, JUMP), seen_twice(tab, known)

    assert in_force(first).position_size == before
    assert in_force(second).position_size <= JUMP * before
    assert in_force(second).position_size in (size, before)


def test_a_confirmation_names_all_that_makes_up_the_size() -> None:
    assert confirmation(a_config_row(position_size=Decimal("750.50"))) == "750.5"
