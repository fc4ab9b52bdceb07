"""How often the other services are asked how they are."""

import pytest

from novalgo_analytics.page.condition import Condition, Neighbour
from novalgo_analytics.page.neighbours import Neighbours
from tests.builders import NOON


@pytest.mark.parametrize(
    ("condition", "is_watched", "asked"),
    [
        pytest.param(Condition.READY, True, [0, 1, 2, 3, 4], id="a page is open"),
        pytest.param(Condition.READY, False, [0, 4], id="nobody looks and all is well"),
        pytest.param(Condition.NOT_READY, False, [0, 1, 2, 3, 4], id="one is not ready"),
        pytest.param(Condition.DOWN, False, [0, 1, 2, 3, 4], id="one is down"),
    ],
)
def test_the_neighbours_are_asked_in_every_round_that_matters(
    condition: Condition, is_watched: bool, asked: list[int]
) -> None:
    neighbours = Neighbours(
        {"ingest": "", "sheets": ""}, lambda: NOON, lambda: None, lambda: is_watched
    )
    neighbours.seen = {
        "ingest": Neighbour(name="ingest", condition=Condition.READY),
        "sheets": Neighbour(name="sheets", condition=condition),
    }

    assert [turn for turn in range(5) if neighbours.is_due(turn)] == asked
