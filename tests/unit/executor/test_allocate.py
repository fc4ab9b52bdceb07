from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from novalgo_common.events import ConfigRow
from novalgo_executor.allocate import Holdings, Share, allocate_drift, allocate_trade
from tests.builders import a_config_row


def holding(external: int = 0, **books: int) -> Holdings:
    """Return holdings with books named as in `m15=10`."""
    return Holdings(
        books={f"{name[1:]} Min": Decimal(held) for name, held in books.items()},
        external=Decimal(external),
    )


def shares(parts: Mapping[str | None, int]) -> list[Share]:
    return [Share(timeframe, Decimal(quantity)) for timeframe, quantity in parts.items()]


@pytest.mark.parametrize(
    ("quantity", "held", "expected"),
    [
        pytest.param(5, holding(), {None: 5}, id="bought by hand is external"),
        pytest.param(5, holding(m15=10), {None: 5}, id="also beside a book"),
        pytest.param(-10, holding(m15=10), {"15 Min": -10}, id="sold by hand leaves the book"),
        pytest.param(-4, holding(m15=10), {"15 Min": -4}, id="in part, too"),
        pytest.param(4, holding(m15=-10), {"15 Min": 4}, id="a short that is bought back"),
        pytest.param(-5, holding(3, m15=10), {None: -3, "15 Min": -2}, id="the owner's own first"),
        pytest.param(
            -12, holding(m15=4, m30=10), {"30 Min": -10, "15 Min": -2}, id="the larger book first"
        ),
        pytest.param(-12, holding(m15=10), {"15 Min": -10, None: -2}, id="and past flat"),
        pytest.param(-5, holding(1), {None: -5}, id="the owner's own past flat, as one part"),
        pytest.param(-5, holding(m15=10, m30=-4), {"15 Min": -5}, id="never from the other side"),
    ],
)
def test_a_trade_that_was_not_ours_is_taken_from_whoever_it_took_from(
    quantity: int, held: Holdings, expected: Mapping[str | None, int]
) -> None:
    assert allocate_trade(Decimal(quantity), held) == shares(expected)


ROWS = [a_config_row()]


@pytest.mark.parametrize(
    ("quantity", "held", "rows", "expected"),
    [
        pytest.param(7, None, ROWS, {"15 Min": 7}, id="from before, one active row"),
        pytest.param(-7, None, ROWS, {"15 Min": -7}, id="a short from before"),
        pytest.param(7, None, [], {None: 7}, id="from before, no row"),
        pytest.param(
            7, None, [*ROWS, a_config_row(timeframe="30 Min")], {None: 7}, id="from before, two"
        ),
        pytest.param(10, holding(m15=10), ROWS, {"15 Min": 10}, id="a split of the only book"),
        pytest.param(-10, holding(m15=-10), ROWS, {"15 Min": -10}, id="a split of a short"),
        pytest.param(10, holding(2, m15=10), ROWS, {None: 10}, id="growth that two could claim"),
        pytest.param(-10, holding(m15=10), ROWS, {"15 Min": -10}, id="a reset empties the book"),
        pytest.param(3, holding(m15=0), ROWS, {None: 3}, id="growth of a flat book"),
    ],
)
def test_what_no_fill_explains_belongs_to_whom_the_policy_says(
    quantity: int,
    held: Holdings | None,
    rows: list[ConfigRow],
    expected: Mapping[str | None, int],
) -> None:
    assert allocate_drift(Decimal(quantity), "AAPL", held, rows) == shares(expected)


@given(
    quantity=st.integers(-50, 50).filter(bool),
    external=st.integers(-20, 20),
    books=st.lists(st.integers(-20, 20), max_size=3),
)
def test_every_share_gets_one_holder_and_no_book_crosses_zero(
    quantity: int, external: int, books: list[int]
) -> None:
    held = Holdings(
        books={f"{number + 1} Min": Decimal(amount) for number, amount in enumerate(books)},
        external=Decimal(external),
    )

    parts = allocate_trade(Decimal(quantity), held)

    assert sum(part.quantity for part in parts) == quantity
    for part in parts:
        if part.timeframe is not None:
            before = held.books[part.timeframe]
            assert before * part.quantity < 0
            assert before * (before + part.quantity) >= 0
