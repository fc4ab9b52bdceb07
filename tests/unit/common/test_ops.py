from collections.abc import Sequence

import pytest

from novalgo_common.ops import one_check


@pytest.mark.parametrize(
    ("problems", "said"),
    [
        pytest.param([], None, id="nothing is wrong"),
        pytest.param(["It is down."], "It is down.", id="one thing is wrong"),
        pytest.param(["It is down.", "So is that."], "It is down. So is that.", id="two are"),
    ],
)
def test_a_check_says_all_that_is_wrong(problems: Sequence[str], said: str | None) -> None:
    assert one_check(lambda: problems)() == said
