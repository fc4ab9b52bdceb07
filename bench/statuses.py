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


def compare(found: Mapping[str, float]) -> Comparison:
    calls = {CALLS: found["writes"] + found["reads"]}
    return Comparison(
        title="A thousand status changes in a minute",
        about="The sheets service over 200 rows, the simulated Google at 300 ms a call.  The "
        "floor is arithmetic: one call for each event, which Google's 60 a minute would refuse.  "
        f"Seen in the sheet after {found['p50 s to be seen']:.1f} s at the median, "
        f"{found['worst s to be seen']:.1f} s at the worst; {found['writes']:.0f} writes, "
        f"{found['reads']:.0f} reads; {found['rows that are wrong']:.0f} rows wrong at the end.",
        series=[Series(EACH, [{CALLS: float(CHANGES)}]), Series(OURS, [calls])],
        aims=[Aim(series=OURS, figure=CALLS, at_most=0.07)],
    )


def minute(stage: Stage) -> Mapping[str, float]:
    """Return what the sheets service did in the minute, and how soon it was seen."""
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
