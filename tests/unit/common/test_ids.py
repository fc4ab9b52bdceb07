from uuid import RFC_4122

from novalgo_common.ids import new_id
from tests.builders import NOON, SECOND


def test_ids_follow_the_clock_and_are_never_the_same() -> None:
    now = [new_id(lambda: NOON) for _ in range(1000)]
    later = new_id(lambda: NOON + SECOND / 100)

    assert len(set(now)) == 1000
    assert max(now) < later
    assert {(each.version, each.variant) for each in now} == {(7, RFC_4122)}
    assert {each.int >> 80 for each in now} == {int(NOON.timestamp() * 1000)}
