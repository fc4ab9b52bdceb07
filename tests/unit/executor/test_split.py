"""What is taken for a split, and what it leaves each holder."""

from decimal import Decimal

import pytest

from novalgo_executor.allocate import Holdings
from novalgo_executor.broker import BrokerPosition
from novalgo_executor.split import Part, Stated, noticed, parts, recognised


def holdings(external: str = "0", **books: str) -> Holdings:
    return Holdings(
        books={name: Decimal(held) for name, held in books.items()}, external=Decimal(external)
    )


def a_position(quantity: str, price: str) -> BrokerPosition:
    return BrokerPosition(
        symbol="AAPL",
        quantity=Decimal(quantity),
        average_price=Decimal(price),
        current_price=None,
        market_value=None,
        unrealized_pl=None,
    )


@pytest.mark.parametrize(
    ("before", "after", "is_split"),
    [
        pytest.param(("10", "100"), ("40", "25"), True, id="four for one"),
        pytest.param(("7", "100"), ("10.5", "66.6667"), True, id="three for two, rounded price"),
        pytest.param(("-10", "100"), ("-20", "50"), True, id="a short"),
        pytest.param(("15", "100"), ("1", "1000"), True, id="one for ten, the half paid in cash"),
        pytest.param(("10", "100"), ("20", "100"), False, id="as many bought by hand"),
        pytest.param(("10", "100"), ("20", "75"), False, id="bought cheaper by hand"),
        pytest.param(("2", "100"), ("1", "100"), False, id="half sold by hand"),
        pytest.param(("10", "100"), ("-10", "100"), False, id="the other side"),
        pytest.param(("10", "100"), ("1", "500"), False, id="shares gone"),
    ],
)
def test_a_split_is_recognised_by_what_the_shares_cost(
    before: tuple[str, str], after: tuple[str, str], is_split: bool
) -> None:
    stated = Stated(Decimal(before[0]), Decimal(before[1]))

    assert recognised(stated, holdings(book=before[0]), a_position(*after)) is is_split


def test_nothing_is_recognised_where_the_books_have_moved_since() -> None:
    before = Stated(Decimal(10), Decimal(100))

    assert not recognised(before, holdings(book="5"), a_position("40", "25"))


@pytest.mark.parametrize(
    ("ratio", "stated", "explains"),
    [
        pytest.param("4", "40", True, id="as announced"),
        pytest.param("0.1", "1", True, id="none paid in cash"),
        pytest.param("0.15", "1", True, id="half a share paid in cash"),
        pytest.param("0.2", "1", False, id="a whole share paid in cash"),
        pytest.param("0.01", "0", True, id="all paid in cash"),
        pytest.param("4", "39", False, id="a share is missing"),
        pytest.param("4", "10", False, id="not carried out yet"),
        pytest.param(None, "40", False, id="not announced"),
    ],
)
def test_an_announced_split_must_fit_the_position(
    ratio: str | None, stated: str, explains: bool
) -> None:
    announced = Decimal(ratio) if ratio is not None else None

    assert noticed(announced, holdings(book="10"), Decimal(stated)) is explains


@pytest.mark.parametrize(
    ("held", "stated", "after"),
    [
        pytest.param(holdings(a="10"), "40", {"a": "40"}, id="one book"),
        pytest.param(holdings("2", a="10"), "48", {None: "8", "a": "40"}, id="and external shares"),
        pytest.param(holdings(a="10", b="-4"), "12", {"a": "20", "b": "-8"}, id="opposite books"),
        pytest.param(holdings(a="12", b="3"), "1", {"a": "1", "b": "0"}, id="to the larger"),
        pytest.param(holdings(a="5"), "0", {"a": "0"}, id="nothing left"),
        pytest.param(
            holdings(a="1.5", b="0.3"), "2.7", {"a": "2.25", "b": "0.45"}, id="fractions stay"
        ),
    ],
)
def test_each_holder_gets_its_part(held: Holdings, stated: str, after: dict[str, str]) -> None:
    made = parts(held, Decimal(stated))

    assert {part.timeframe: part.after for part in made} == {
        timeframe: Decimal(quantity) for timeframe, quantity in after.items()
    }
    assert sum(part.after for part in made) == Decimal(stated)


def test_a_holder_without_shares_has_no_part() -> None:
    assert parts(holdings(a="10", b="0"), Decimal(20)) == [Part("a", Decimal(10), Decimal(20))]
