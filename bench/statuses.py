"""A thousand status changes in a minute over 200 rows, at 300 ms a call to Google."""

import json
import subprocess
import sys
from collections.abc import Mapping

from bench.client import BenchError
from bench.figures import Aim, Comparison, Series
from bench.servers import free_ports, server
from bench.stage import Stage
from bench.status_load import CHANGES, write_tab

EACH, OURS = "a call for each event", "NovAlgo"
CALLS = "calls"
WITHIN = 300.0


def measure(stage: Stage) -> list[Comparison]:
    found = _minute(stage)
    stage.tell(", ".join(f"{name}: {value:.1f}" for name, value in found.items()))
    calls = {CALLS: found["writes"] + found["reads"]}
    return [
        Comparison(
            title="A thousand status changes in a minute",
            about="The sheets service over 200 rows, the simulated Google at 300 ms a call. "
            "The floor is arithmetic: one call for each event, which Google's 60 a minute would "
            "refuse.",
            series=[
                Series(EACH, [{CALLS: float(CHANGES)}]),
                Series(OURS, [{**calls, **found}]),
            ],
            aims=[Aim(series=OURS, figure=CALLS, at_most=0.07)],
        )
    ]


def _minute(stage: Stage) -> Mapping[str, float]:
    room = stage.room("statuses")
    data_dir = room / "data"
    write_tab(data_dir)
    [port] = free_ports(1)
    with server(["bench.slow_google", str(data_dir), str(port)], [port], room):
        command = [sys.executable, "-m", "bench.status_load", str(data_dir), str(port)]
        done = subprocess.run(  # our own module
            command, capture_output=True, text=True, timeout=WITHIN, check=False
        )
    if done.returncode != 0:
        raise BenchError(f"the load ended with {done.returncode}: {done.stderr[-500:]}")
    figures: Mapping[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures
