from decimal import Decimal
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from novalgo_executor.fills import Span, is_new

CUTS = st.sets(st.integers(1, 1000), min_size=1, max_size=8).map(lambda cuts: [0, *sorted(cuts)])


@given(cuts=CUTS, order=st.randoms(use_true_random=False), copies=st.integers(1, 3))
def test_each_share_counts_once_however_often_and_late_its_fill_is_told(
    cuts: list[int], order: Random, copies: int
) -> None:
    told = [(Decimal(end - start), Decimal(end)) for start, end in pairwise(cuts)] * copies
    order.shuffle(told)

    counted: list[Span] = []
    for quantity, cumulative in told:
        if is_new(quantity, cumulative, counted):
            counted.append(Span(cumulative - quantity, cumulative))

    assert sum(span.end - span.start for span in counted) == cuts[-1]


def test_a_summary_of_fills_that_are_counted_is_not_new() -> None:
    counted = [Span(Decimal(0), Decimal(4)), Span(Decimal(4), Decimal(10))]

    assert not is_new(Decimal(10), Decimal(10), counted)
    assert is_new(Decimal(5), Decimal(15), counted)
