"""The budgets of requests: what an order costs of Alpaca's, how fast a burst gets through it, and
what a thousand status changes cost of Google's.
"""

import json
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from bench import statuses, stores
from bench.alerts import alerts, symbols, write_config_tab
from bench.figures import Aim, Comparison, Series
from bench.novalgo import SYMBOLS, System, ports_for_all, services, simulator
from bench.orders import arrivals
from bench.requests import counts, wait_for_assets
from bench.servers import Server, rest, wait_until
from bench.stage import Stage

SIZE = 100
TIMES = 4
"""How often that many enter and exit: a database grows by whole pages."""
BUDGET = 200
"""Alpaca's requests a minute."""
FLOOR = "the orders' own requests"
NOVALGO = "NovAlgo"
ARITHMETIC = "requests needed by the budget"
SECONDS, REQUESTS = "s to the last order", "requests"
ENTRY, EXIT = "requests an entry", "requests an exit"


def measure(stage: Stage) -> list[Comparison]:
    """Count, with all assets known beforehand, as they are some time after the start.

    A signal asks for its asset at once, the service by itself only for two a second.
    """
    room, ports = stage.room("novalgo"), ports_for_all()
    write_config_tab(room, SYMBOLS)
    with ExitStack() as unlimited:
        broker = unlimited.enter_context(simulator(room, ports["simulator"]))
        with services(room, ports) as running:
            stage.tell("requests an order: asking for assets")
            for action in ("BUY", "CLOSE"):
                _send(stage, System(running[0], running, broker), action)
            wait_for_assets(broker)
            rest([*running, broker])
            requests, grown = _requests(stage, System(running[0], running, broker), room)
            stage.tell("reversals: buying what is to be reversed")
            _send(stage, System(running[0], running, broker), "BUY")
            unlimited.close()
            # Google's minute passes beside Alpaca's: both are for waiting more than for computing.
            with (
                simulator(room, ports["simulator"], BUDGET) as limited,
                ThreadPoolExecutor(1) as beside,
            ):
                minute = beside.submit(statuses.minute, stage)
                reversals = _reversals(stage, System(running[0], running, limited))
                coalesced = statuses.compare(minute.result())
    return [requests, reversals, coalesced, grown]


def _requests(stage: Stage, system: System, room: Path) -> list[Comparison]:
    """Count what each entry and exit asks of Alpaca, and what both add to the databases."""
    stage.tell("requests an order")
    rounds, held = [], [stores.bytes_held(room)]
    for _ in range(TIMES):
        rounds.append((_counted(stage, system, "BUY"), _counted(stage, system, "CLOSE")))
        held.append(stores.bytes_held(room))
    requests = Comparison(
        title=f"Alpaca's requests for an order, {SIZE} alerts in one instant",
        about=f"Requests that count against the {BUDGET} a minute for trading, those of the "
        "regular comparisons included, for each order.  Market data have a limit of their own.",
        series=[
            Series(name, [{ENTRY: entry[name], EXIT: exit_[name]} for entry, exit_ in rounds])
            for name in (FLOOR, NOVALGO)
        ],
        aims=[Aim(series=NOVALGO, figure=figure, at_most=1.2) for figure in (ENTRY, EXIT)],
    )
    return [requests, stores.growth(held, 2 * SIZE)]


def _reversals(stage: Stage, system: System) -> Comparison:
    """Reverse everything at once at the beginning of one of Alpaca's minutes, taken once."""
    stage.tell("reversals: waiting for a minute to begin")
    rest([*system.services, system.simulator])
    wait_until(lambda: time.time() % 60 < 0.5, 61, "no minute begins")
    before = _asked(system.simulator)
    began = time.time()
    arrived = _send(stage, system, "SELL")
    seconds = max(arrived.values()) - began
    asked = sum(_asked(system.simulator).values()) - sum(before.values())
    least = 2 * SIZE
    return Comparison(
        title=f"{SIZE} reversals over {SIZE} symbols under Alpaca's {BUDGET} requests a minute",
        about="From the alerts, all in one instant as a minute begins, to the arrival of the last "
        "order, every position closed and opened on the other side.  The floor is arithmetic: two "
        f"orders a reversal, {least} requests of {BUDGET} a minute.  Alpaca counts by the minute: "
        "what is asked besides, and the last 20 requests that are kept for exits, put the rest of "
        "the entries into the next one.  Taken once.",
        series=[
            Series(ARITHMETIC, [{SECONDS: 60 * least / BUDGET, REQUESTS: float(least)}]),
            Series(NOVALGO, [{SECONDS: seconds, REQUESTS: float(asked)}]),
        ],
        aims=[Aim(series=NOVALGO, figure=SECONDS, at_most=1.2)],
    )


def _counted(stage: Stage, system: System, action: str) -> Mapping[str, float]:
    before = _asked(system.simulator)
    _send(stage, system, action)
    after = _asked(system.simulator)
    rest([*system.services, system.simulator])
    asked = {kind: after[kind] - before.get(kind, 0) for kind in after}
    orders = asked["POST /v2/orders"]
    return {FLOOR: orders / SIZE, NOVALGO: sum(asked.values()) / SIZE}


def _send(stage: Stage, system: System, action: str) -> Mapping[str, float]:
    """Send an alert for each symbol at once; return when each order arrived, once all filled."""
    answers = stage.client.burst(system.ingest.port, "/webhook", alerts(action, symbols(SIZE)))
    return arrivals(system.simulator, [json.loads(answer.body)["order_id"] for answer in answers])


def _asked(simulator: Server) -> dict[str, int]:
    """Return the requests so far that count against the budget for trading, by kind."""
    asked = counts(simulator)
    return {kind: number for kind, number in asked.items() if "/stocks/" not in kind}
