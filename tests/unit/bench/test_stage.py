"""How the systems of a comparison take turns."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bench.client import BenchError, client
from bench.figures import P50, SURE
from bench.stage import Contender, Given, Stage, take_turns


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with client() as sender:
        yield Stage(tmp_path, sender, Given(1.0, None, largest=False), lambda _: None)


def a_contender(name: str, log: list[str], *figures: float, times: int = 1) -> Contender:
    """Return one that shows the figures one after the other, and then the last for ever."""
    left = list(figures)

    def measure() -> Mapping[str, float]:
        log.append(name)
        return {P50: left.pop(0) if len(left) > 1 else left[0]}

    return Contender(name, measure, [], times)


def test_the_first_round_only_warms_up(stage: Stage) -> None:
    log: list[str] = []
    contenders = [a_contender("floor", log, 9.0, 1.0), a_contender("ours", log, 9.0, 2.0)]

    floor, ours = take_turns(stage, "", contenders, seconds=0, least=2)

    assert log == ["floor", "ours"] * 3
    assert [each[P50] for each in floor.rounds] == [1.0, 1.0]
    assert [each[P50] for each in ours.rounds] == [2.0, 2.0]


def test_a_turn_of_several_measurements_counts_once_with_their_median(stage: Stage) -> None:
    log: list[str] = []
    contenders = [
        a_contender("floor", log, 1.0, 40.0, 2.0, times=3),
        a_contender("ours", log, 4.0),
    ]

    floor, ours = take_turns(stage, "", contenders, seconds=0, least=1, warm=True)

    assert log == ["floor", "floor", "floor", "ours"]
    assert [each[P50] for each in floor.rounds] == [2.0]
    assert ours.ratio(floor, P50) == pytest.approx(2.0)


def test_turns_end_when_the_ratios_are_sure(stage: Stage) -> None:
    log: list[str] = []
    contenders = [a_contender("floor", log, 1.0), a_contender("ours", log, 3.0, 9.0, 6.0)]

    floor, ours = take_turns(stage, "", contenders, seconds=5, least=2, warm=True)

    assert 3 < len(ours.rounds) < 50
    assert ours.is_settled(floor, P50, within=SURE)


def test_turns_end_when_their_time_is_over_sure_or_not(stage: Stage) -> None:
    log: list[str] = []
    contenders = [a_contender("floor", log, 1.0), a_contender("ours", log, 3.0, 9.0, 6.0)]

    floor, ours = take_turns(stage, "", contenders, seconds=0, least=2, warm=True)

    assert len(ours.rounds) == 2
    assert not ours.is_settled(floor, P50)


def test_what_goes_wrong_says_whose_it_is(stage: Stage) -> None:
    def fail() -> Mapping[str, float]:
        raise BenchError("8 of 100 alerts became no filled order")

    contenders = [a_contender("floor", [], 1.0), Contender("ours", fail, [])]

    with pytest.raises(BenchError, match=r"^ours: 8 of 100"):
        take_turns(stage, "", contenders, seconds=0)
