"""What rounds of measurements say."""

from math import exp, sqrt

import pytest

from bench.figures import P50, P99, WORST, Aim, Comparison, Series, Spread, latencies, percentile


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        pytest.param([3.0], 50, 3.0, id="of one value it is that value"),
        pytest.param([4.0, 1.0, 3.0, 2.0], 50, 2.0, id="half of the values do not exceed it"),
        pytest.param([float(n) for n in range(100)], 99, 98.0, id="one of a hundred exceeds it"),
        pytest.param([1.0, 2.0], 99, 2.0, id="of few values it is the worst"),
    ],
)
def test_a_percentile_is_one_of_the_values(
    values: list[float], percent: int, expected: float
) -> None:
    assert percentile(values, percent) == expected


def test_there_is_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 50)


def test_latencies_are_told_in_milliseconds() -> None:
    assert latencies([0.001, 0.002, 0.004]) == {P50: 2.0, P99: 4.0, WORST: 4.0}


def test_the_median_round_is_quoted_with_both_ends() -> None:
    series = Series("ours", [{P50: 9.0}, {P50: 1.0}, {P50: 2.0}])

    assert series.spread(P50) == Spread(2.0, 1.0, 9.0)


def test_a_ratio_is_the_geometric_mean_of_the_rounds_in_the_middle_half() -> None:
    floor = Series("floor", [{P50: 2.0}, {P50: 40.0}, {P50: 3.0}, {P50: 2.0}])
    ours = Series("ours", [{P50: 2.0}, {P50: 160.0}, {P50: 300.0}, {P50: 1.0}])
    comparison = Comparison(title="", about="", series=[floor, ours])

    assert comparison.value(Aim(series="ours", figure=P50, at_most=2)) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("ours", "expected"),
    [
        pytest.param([2.0], True, id="taken once"),
        pytest.param([2.0, 2.05, 1.95], True, id="rounds that agree"),
        pytest.param([2.0, 3.0, 1.5], False, id="rounds that do not"),
        pytest.param([2.0, 3.0, 1.5] * 9, False, id="rounds that do not, and not quite enough"),
        pytest.param([2.0, 3.0, 1.5] * 80, True, id="rounds that do not, and many of them"),
        pytest.param([2.0, 2.1, 1.9, 2.0, 9.0], True, id="rounds of which one was spoilt"),
        pytest.param([0.0, 0.0], True, id="nothing each time"),
    ],
)
def test_a_ratio_is_settled_when_its_rounds_pin_it_down(ours: list[float], expected: bool) -> None:
    floor = Series("floor", [{P50: 1.0}] * len(ours))

    assert Series("ours", [{P50: each} for each in ours]).is_settled(floor, P50) is expected


def test_a_ratio_is_as_uncertain_as_students_t_says() -> None:
    floor = Series("floor", [{P50: 1.0}, {P50: 2.0}, {P50: 1.0}])
    ours = Series("ours", [{P50: 2.0}, {P50: 4.0 * exp(0.1)}, {P50: 2.0 * exp(-0.1)}])

    # Three logarithms 0.1 apart: a standard error of 0.1 / sqrt(3), times 4.303 for two degrees.
    assert ours.uncertainty(floor, P50) == pytest.approx(0.1 / sqrt(3) * 4.303, rel=1e-3)


def test_the_worst_of_a_round_has_no_ratio_nor_has_what_the_floor_does_not_show() -> None:
    floor = Series("floor", [{P50: 1.0, WORST: 1.0, "lost": 0.0}])

    assert floor.compared == [P50]


def test_an_aim_may_be_about_the_figure_itself() -> None:
    floor = Series("floor", [{P50: 2.0}])
    ours = Series("ours", [{P50: 6.0}, {P50: 90.0}, {P50: 5.0}])
    comparison = Comparison(title="", about="", series=[floor, ours])
    aim = Aim(series="ours", figure=P50, at_most=100, of_floor=False)

    assert comparison.value(aim) == 6.0
    assert str(aim) == "ours, p50 ms: at most 100"


@pytest.mark.parametrize(
    ("aim", "ratio", "expected"),
    [
        pytest.param(Aim(series="ours", figure=P99, at_most=2), 2.0, True, id="at the bound"),
        pytest.param(Aim(series="ours", figure=P99, at_most=2), 2.1, False, id="too slow"),
        pytest.param(Aim(series="ours", figure=P99, at_least=0.6), 0.6, True, id="enough"),
        pytest.param(Aim(series="ours", figure=P99, at_least=0.6), 0.5, False, id="too few"),
    ],
)
def test_an_aim_is_met_up_to_its_bound(aim: Aim, ratio: float, expected: bool) -> None:
    assert aim.is_met_by(ratio) is expected
