"""How many of Alpaca's requests an order costs in a burst of 100 alerts."""

import json
from collections.abc import Mapping

import httpx2

from bench.alerts import alerts, symbols
from bench.figures import Aim, Comparison, Series
from bench.novalgo import NovAlgo, novalgo
from bench.orders import KEYS, arrivals
from bench.servers import Server, rest, wait_until
from bench.stage import Stage

SIZE = 100
FLOOR = "the orders' own requests"
NOVALGO = "NovAlgo"
ENTRY, EXIT = "requests an entry", "requests an exit"
ASSETS_WITHIN = 120.0


def measure(stage: Stage) -> list[Comparison]:
    """Count, with all assets known beforehand, as they are some time after the start."""
    rounds: dict[str, list[Mapping[str, float]]] = {FLOOR: [], NOVALGO: []}
    with novalgo(stage.room("novalgo")) as running:
        _wait_for_assets(running.simulator)
        for number in range(stage.rounds):
            stage.tell(f"requests an order: round {number + 1}")
            entries = _burst(stage, running, "BUY")
            exits = _burst(stage, running, "CLOSE")
            for name, figures in rounds.items():
                figures.append({ENTRY: entries[name], EXIT: exits[name]})
    return [
        Comparison(
            title=f"Alpaca's requests for an order, {SIZE} alerts in one instant",
            about="Requests that count against the 200 a minute for trading, those of the regular "
            "comparisons included, for each order.  Market data have a limit of their own.",
            series=[Series(name, figures) for name, figures in rounds.items()],
            aims=[Aim(series=NOVALGO, figure=figure, at_most=1.2) for figure in (ENTRY, EXIT)],
        )
    ]


def _burst(stage: Stage, running: NovAlgo, action: str) -> Mapping[str, float]:
    rest([*running.services, running.simulator])
    before = _counts(running.simulator)
    answers = stage.client.burst(running.ingest.port, "/webhook", alerts(action, symbols(SIZE)))
    arrivals(running.simulator, [json.loads(answer.body)["order_id"] for answer in answers])
    after = _counts(running.simulator)
    asked = {kind: after[kind] - before.get(kind, 0) for kind in after if "/stocks/" not in kind}
    orders = asked["POST /v2/orders"]
    return {FLOOR: orders / SIZE, NOVALGO: sum(asked.values()) / SIZE}


def _counts(simulator: Server) -> dict[str, int]:
    url = f"http://127.0.0.1:{simulator.port}/sim/requests"
    counts: dict[str, int] = httpx2.get(url, headers=KEYS, timeout=10).json()
    return counts


def _wait_for_assets(simulator: Server) -> None:
    wait_until(
        lambda: _counts(simulator).get("GET /v2/assets/*", 0) >= SIZE,
        ASSETS_WITHIN,
        "executor has not asked for the assets of its rows",
    )
