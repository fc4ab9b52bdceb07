"""Faults of the simulated Alpaca that a chaos run switches on.  Pure.

Splits, trades by hand and resets are not among them: they change the account on purpose, and have
tests of their own.
"""

from random import Random
from typing import Any

from novalgo_simulator.faults import Script

_ORDERS = {"method": "POST", "path": "/v2/orders"}
_SCRIPTS: tuple[dict[str, Any], ...] = (
    {"requests": [{"fault": "error", "status": 500, "share": 0.3}]},
    {"requests": [{**_ORDERS, "fault": "error", "status": 500, "taken": True, "share": 0.5}]},
    {"requests": [{"fault": "html", "status": 502, "share": 0.3}]},
    {"requests": [{**_ORDERS, "fault": "html", "status": 502, "taken": True, "share": 0.5}]},
    {"requests": [{**_ORDERS, "fault": "error", "status": 504, "taken": True, "share": 0.5}]},
    {"requests": [{"fault": "reset", "share": 0.3}]},
    {"requests": [{**_ORDERS, "fault": "reset", "taken": True, "share": 0.5}]},
    {"requests": [{"fault": "hang", "share": 0.1}]},
    {"requests": [{**_ORDERS, "fault": "hang", "taken": True, "share": 0.3}]},
    {"requests": [{"fault": "latency", "seconds": 2, "share": 0.5}]},
    {"requests": [{"fault": "error", "status": 429, "share": 0.5}]},
    {"requests": [{**_ORDERS, "fault": "unknown_status"}]},
    {"requests": [{**_ORDERS, "fault": "half_answer", "share": 0.5}]},
    {"orders": [{"fate": "rejected", "share": 0.2}]},
    {"orders": [{"fate": "held", "seconds": 6, "share": 0.5}]},
    {"orders": [{"fate": "stalled", "seconds": 8, "share": 0.3}]},
    {"orders": [{"fate": "canceled", "share": 0.2}]},
    {"updates": [{"fault": "missing", "share": 0.5}]},
    {"updates": [{"fault": "duplicated", "share": 0.5}, {"fault": "reordered", "share": 0.5}]},
    {"updates": [{"fault": "corrupt", "share": 0.3}]},
    {"stream": {"manner": "mute"}},
    {"stream": {"manner": "dead"}},
    {"stream": {"manner": "refused"}},
    {"stream": {"one_connection": True}},
    {"halted": ["AAPL", "MSFT", "NVDA", "WHOLE"]},
    {"clock_skew_seconds": 90},
    {"clock_skew_seconds": -90},
)


def scripts(chance: Random, count: int) -> list[Script]:
    """Return so many scripts, each kind once before any comes again."""
    drawn: list[Script] = []
    while len(drawn) < count:
        drawn += [Script.model_validate(each) for each in chance.sample(_SCRIPTS, len(_SCRIPTS))]
    return drawn[:count]
