"""Simulates many days: `python -m tests.simulation --seeds 20000`, or one: `--seed 17`."""

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.tally import SHOWN, Tally, describe, tally
from tests.simulation.world import simulate

PROCESSES = os.cpu_count() or 2
SHARE = 20
"""Seeds that a process is given at once."""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many days to simulate")
    parser.add_argument("--first", type=int, default=0, help="the first of their seeds")
    parser.add_argument("--seed", type=int, help="one seed, with its whole trace")
    given = parser.parse_args(arguments)
    if given.seed is not None:
        return _one(given.seed)
    return _many(range(given.first, given.first + given.seeds))


def _one(seed: int) -> int:
    outcome = simulate(seed)
    _say("\n".join(outcome.trace[:-SHOWN] if outcome.violations else outcome.trace))
    if outcome.violations:
        _say(describe(outcome))
    _say(f"fingerprint {outcome.fingerprint}")
    return 1 if outcome.violations else 0


def _many(seeds: range) -> int:
    started = time.monotonic()
    whole = Tally()
    with ProcessPoolExecutor(PROCESSES) as processes:
        for part in processes.map(_share, _shares(seeds)):
            whole.merge(part)
            for outcome in part.failures:
                _say(f"seed {outcome.seed} breaks: {outcome.violations[0].promise}")
            _say(f"{whole.seeds}/{len(seeds)} seeds, {len(whole.failures)} with violations")
    seconds = time.monotonic() - started
    _say(whole.report())
    _say(f"{seconds:.0f} s, {whole.seeds / seconds:.1f} seeds a second")
    return 1 if whole.failures else 0


def _shares(seeds: range) -> Iterator[range]:
    for start in range(0, len(seeds), SHARE):
        yield seeds[start : start + SHARE]


def _share(seeds: range) -> Tally:
    return tally(simulate(seed) for seed in seeds)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
