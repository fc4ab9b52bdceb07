"""What rounds of measurements say."""

import pytest

from bench.figures import (
    ACKS,
    ANSWERS,
    P50,
    P99,
    WORST,
    Aim,
    Comparison,
    Series,
    Spread,
    latencies,
    percentile,
)


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
    assert latencies([0.001, 0.002, 0.004]) == {
        P50: 2.0,
        P99: 4.0,
        WORST: 4.0,
        ANSWERS: 3,
    }


def test_the_median_round_is_quoted_with_both_ends() -> None:
    series = Series("ours", [{P50: 9.0}, {P50: 1.0}, {P50: 2.0}])

    assert series.spread(P50) == Spread(2.0, 1.0, 9.0)


def test_a_ratio_is_that_of_the_median_round() -> None:
    floor = Series("floor", [{P50: 2.0}, {P50: 40.0}, {P50: 3.0}])
    ours = Series("ours", [{P50: 4.0}, {P50: 80.0}, {P50: 9.0}])
    comparison = Comparison(title="", about="", series=[floor, ours])

    assert comparison.value(Aim(series="ours", figure=P50, at_most=2)) == 2.0


@pytest.mark.parametrize(
    ("figure", "answers", "expected"),
    [
        pytest.param(P50, [4, 4], False, id="a median of few answers"),
        pytest.param(P50, [5, 5], True, id="a median with as many beyond as are asked for"),
        pytest.param(P99, [100] * 4, False, id="a p99 with four beyond"),
        pytest.param(P99, [100] * 5, True, id="a p99 with five beyond"),
        pytest.param("entry p99 ms", [100], False, id="a percentile by its name"),
        pytest.param(WORST, [10_000], False, id="the worst, of however many"),
        pytest.param(ACKS, [1], True, id="what is no percentile"),
    ],
)
def test_a_ratio_is_settled_by_the_answers_beyond_it(
    figure: str, answers: list[int], expected: bool
) -> None:
    series = Series("ours", [{figure: 1.0, ANSWERS: count} for count in answers])

    assert series.is_settled(figure) is expected


def test_the_number_of_answers_is_no_figure() -> None:
    assert Series("ours", [latencies([0.001])]).figures == [P50, P99, WORST]


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
