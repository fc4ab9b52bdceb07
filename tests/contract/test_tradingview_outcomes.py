"""The outcomes of the collected alert bodies, against the reviewed ones."""

import csv
import os

import pytest

from tests.contract.tradingview_outcomes import BODIES, OUTCOMES, outcomes


def test_every_collected_body_has_its_reviewed_outcome() -> None:
    if not BODIES.exists():
        assert os.environ.get("CI") != "true", "the collected bodies are missing"
        pytest.skip("the collected bodies are not here")

    assert outcomes() == OUTCOMES.read_text(encoding="utf-8")


def test_the_reviewed_outcomes_are_those_of_all_bodies() -> None:
    with OUTCOMES.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))

    assert len(found) == 131
    assert sum(each["with a timeframe"].startswith(("BUY", "SELL", "CLOSE")) for each in found) > 30
