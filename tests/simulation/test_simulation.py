"""Executor keeps its promises in simulated days of every weather, whenever it is killed."""

import os
import subprocess
import sys

import pytest

from tests.simulation.tally import tally
from tests.simulation.world import simulate

SEEDS = int(os.environ.get("SIMULATION_SEEDS", "2000"))
SHARES = 8
"""The tests run side by side: each takes a share of the seeds."""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("share", range(SHARES))
def test_no_promise_is_broken_in_any_simulated_day(share: int) -> None:
    seeds = range(share, SEEDS, SHARES)
    whole = tally(simulate(seed) for seed in seeds)

    assert not whole.failures, whole.report()
    assert whole.counts["crashes"] > len(seeds) / 2
    assert whole.counts["fills"] > len(seeds)


def test_the_same_seed_gives_the_same_day_in_every_process() -> None:
    here = simulate(7)
    command = [sys.executable, "-m", "tests.simulation", "--seed", "7"]

    elsewhere = [
        subprocess.run(
            command,
            env={**os.environ, "PYTHONHASHSEED": number},
            capture_output=True,
            text=True,
            check=False,
        ).stdout.splitlines()[-1]
        for number in ("1", "2")
    ]

    assert elsewhere == [f"fingerprint {here.fingerprint}"] * 2
    assert simulate(8).fingerprint != here.fingerprint
