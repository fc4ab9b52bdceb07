"""Whether two runs agree, and the page that says so."""

from pathlib import Path

import pytest

from bench.figures import P50, P99, Comparison, Growth, Ratio, Series
from bench.pairs import Pair, pairs_of, settled_agree
from bench.pairs_page import PICTURE, write_pairs
from bench.results import Measured, Run, load, save


def a_run(
    ours: float, *, title: str = "a burst", whole: bool = True, unsettled: bool = False
) -> Run:
    comparison = Comparison(
        title=title,
        about="",
        series=[
            Series("floor", [{P50: 2.0, P99: 1.0}] * 2),
            Series(
                "ours",
                [
                    {P50: ours, P99: ours},
                    {P50: (2 if unsettled else 1) * ours, P99: 50 * ours},
                ],
            ),
        ],
    )
    growth = Growth(title="", along="alerts", figure=P50, lines={"ours": [(1, ours), (10, ours)]})
    measured = Measured(name="burst", seconds=1.0, found=[comparison, growth])
    return Run(machine={}, began="20261126T2300Z", seconds=1.0, whole=whole, measured=[measured])


def test_each_ratio_that_is_settled_in_both_runs_is_held_against_the_other() -> None:
    settled, unsure = pairs_of(a_run(4.0), a_run(5.0))

    assert (settled.name, settled.is_settled) == ("a burst: ours, p50 ms", True)
    found = [each.value for each in (settled.first, settled.second) if each is not None]
    assert found == pytest.approx([2.0, 2.5])
    assert (unsure.name, unsure.is_settled) == ("a burst: ours, p99 ms", False)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param(2.0, 2.4, True, id="a fifth more"),
        pytest.param(2.4, 2.0, True, id="a fifth more the other way round"),
        pytest.param(2.0, 2.41, False, id="more than a fifth"),
        pytest.param(2.0, None, False, id="not measured the second time"),
        pytest.param(0.0, 0.0, True, id="none of anything, twice"),
    ],
)
def test_ratios_agree_within_a_fifth(
    first: float | None, second: float | None, expected: bool
) -> None:
    one, other = (None if each is None else Ratio(each, None) for each in (first, second))

    assert Pair("", one, other).agrees is expected


def test_a_ratio_that_one_run_is_unsure_of_is_told_apart() -> None:
    sure, unsure = a_run(4.0), a_run(4.0, unsettled=True)

    pairs = [*pairs_of(sure, unsure), *pairs_of(unsure, sure)]

    assert [each.is_settled for each in pairs] == [False] * 4


def test_a_ratio_that_one_run_lacks_does_not_agree() -> None:
    pairs = pairs_of(a_run(4.0), a_run(4.0, title="another"))

    assert [each.agrees for each in pairs] == [False] * 4


def test_runs_agree_where_every_settled_ratio_does() -> None:
    assert settled_agree(pairs_of(a_run(4.0), a_run(4.5)))
    assert not settled_agree(pairs_of(a_run(4.0), a_run(5.0)))
    assert not settled_agree(pairs_of(a_run(4.0, unsettled=True), a_run(4.0)))  # says nothing


def test_the_page_says_how_many_agree_and_shows_each_ratio(tmp_path: Path) -> None:
    page = tmp_path / "repeated.md"
    first, second = a_run(4.0), a_run(4.5)

    write_pairs(page, first, second, pairs_of(first, second))

    text = page.read_text()
    assert "1 of 1 settled ratios agree within 20%; of 1 that a run is unsure of, 1 do." in text
    assert "| a burst: ours, p50 ms | ×2.00 ±0% | ×2.25 ±0% | agree |" in text
    assert (tmp_path / PICTURE).stat().st_size > 0


@pytest.mark.parametrize(
    ("whole", "name"),
    [
        pytest.param(True, "20261126T2300Z.json", id="a whole run"),
        pytest.param(False, "20261126T2300Z-part.json", id="a part"),
    ],
)
def test_a_run_is_kept_as_it_was(tmp_path: Path, whole: bool, name: str) -> None:
    run = a_run(4.0, whole=whole)

    path = save(tmp_path / "bench", run)

    assert path.name == name
    assert pairs_of(load(path), run) == pairs_of(run, run)
    assert load(path).measured[0].seconds == 1.0
