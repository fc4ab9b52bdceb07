"""Each safeguard of executor, taken out, breaks a promise that the simulation watches."""

import pytest

from tests.simulation.mutants import MUTANTS, Mutant
from tests.simulation.world import simulate

MOST_SEEDS = 200


@pytest.mark.timeout(600)
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.without)
def test_executor_is_caught_without(mutant: Mutant) -> None:
    broken = set()
    for seed in range(mutant.first, mutant.first + MOST_SEEDS):
        with mutant.apply():
            broken |= {violation.promise for violation in simulate(seed).violations}
        if broken & set(mutant.breaks):
            return

    pytest.fail(f"{MOST_SEEDS} seeds without {mutant.without} broke only {broken or 'nothing'}")
