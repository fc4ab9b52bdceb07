"""What `make bench-check` calls slower."""

from bench.check import INSTRUCTIONS, TURNS, instructions, regressions


class Finalized:
    """What is finalized only by the collector of cycles, for it holds itself."""

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        self.itself = self


def test_the_instructions_of_a_path_are_the_same_each_time() -> None:
    def path() -> int:
        return sum(number * number for number in range(50))

    assert instructions(path) == instructions(path) > 200


def test_what_the_garbage_collector_finalizes_is_not_counted() -> None:
    def path() -> None:
        for _ in range(100):
            Finalized()

    assert len({instructions(path) for _ in range(30)}) == 1


def test_a_longer_path_has_more_instructions() -> None:
    shorter, longer = (lambda n=n: [str(each) for each in range(n)] for n in (10, 20))

    assert instructions(longer) > instructions(shorter)


def test_what_grew_beyond_its_tolerance_is_told_with_both_figures() -> None:
    kept = {"an alert": {INSTRUCTIONS: 100.0, TURNS: 1.0}, "a fill": {INSTRUCTIONS: 100.0}}
    measured = {"an alert": {INSTRUCTIONS: 120.0, TURNS: 1.2}, "a fill": {INSTRUCTIONS: 104.0}}

    assert regressions(kept, measured) == ["an alert: 120 instructions, was 100 (tolerance ×1.05)"]


def test_a_new_path_and_one_that_is_gone_are_no_regression() -> None:
    assert regressions({"gone": {INSTRUCTIONS: 1.0}}, {"new": {INSTRUCTIONS: 9.0}}) == []
