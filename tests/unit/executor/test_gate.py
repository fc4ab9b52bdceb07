"""Who may ask Alpaca when the allowance runs short."""

from datetime import timedelta

from novalgo_executor.gate import RESERVE, Gate, Rank
from tests.builders import NOON, SECOND

NEXT_MINUTE = NOON + timedelta(minutes=1)


def a_gate(left: int) -> Gate:
    gate = Gate()
    gate.answered(left, NEXT_MINUTE)
    return gate


def test_everything_passes_while_nothing_is_known() -> None:
    gate = Gate()

    assert [gate.wait(rank, NOON) for rank in Rank] == [0, 0, 0]


def test_the_last_requests_of_a_minute_are_not_for_entries() -> None:
    gate = a_gate(RESERVE)

    assert gate.wait(Rank.ENTRY, NOON) == 60
    assert gate.wait(Rank.EXIT, NOON, who="exit") == 0
    assert gate.wait(Rank.QUESTION, NOON) == 0


def test_what_has_left_counts_before_its_answer_does() -> None:
    gate = a_gate(RESERVE + 3)

    passed = [gate.wait(Rank.ENTRY, NOON) == 0 for _ in range(5)]

    assert passed == [True, True, True, False, False]


def test_an_older_answer_gives_nothing_back() -> None:
    gate = a_gate(RESERVE + 1)
    gate.wait(Rank.ENTRY, NOON)
    gate.answered(RESERVE + 1, NEXT_MINUTE)

    assert gate.wait(Rank.ENTRY, NOON) > 0


def test_a_new_minute_gives_everything_back() -> None:
    assert a_gate(0).wait(Rank.ENTRY, NEXT_MINUTE) == 0


def test_after_a_refusal_nothing_passes_until_the_count_begins_anew() -> None:
    gate = Gate()
    gate.refused(NOON + 10 * SECOND)

    assert {gate.wait(rank, NOON, who="one") for rank in Rank} == {10}
    assert gate.wait(Rank.EXIT, NOON + 10 * SECOND, who="one") == 0


def test_an_exit_that_had_to_wait_goes_before_the_entries() -> None:
    gate = Gate()
    gate.refused(NOON + 10 * SECOND)
    gate.wait(Rank.EXIT, NOON, who="exit")
    later = NOON + 10 * SECOND

    assert gate.wait(Rank.ENTRY, later) > 0
    assert gate.wait(Rank.EXIT, later, who="exit") == 0
    assert gate.wait(Rank.ENTRY, later) == 0


def test_an_exit_that_never_comes_back_is_not_waited_for_for_ever() -> None:
    gate = Gate()
    gate.refused(NOON + 10 * SECOND)
    gate.wait(Rank.EXIT, NOON, who="ended meanwhile")

    assert gate.wait(Rank.ENTRY, NOON + 60 * SECOND) == 0
