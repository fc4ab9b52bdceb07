"""`python -m tests.containers`: docker-compose.yml under load, killed, upgraded or restored.

Start it first, fresh, and take it away afterwards:

    deploy/secrets.sh
    export NOVALGO_SIMULATOR_RATE_LIMIT=100000 NOVALGO_SIMULATOR_CASH=100000000
    docker compose up --build --detach --wait
    python -m tests.containers
    docker compose down --volumes
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from tests.chaos.figures import checks_table
from tests.containers.compose import ROOT, Compose
from tests.containers.restore import run_restored
from tests.containers.rules import run_rules
from tests.containers.run import Order, run


def main() -> int:
    asked = _asked(sys.argv[1:])
    console = Console(highlight=False)
    compose = Compose(tuple(asked.file), asked.version)
    order = Order(
        alerts=asked.alerts,
        per_second=asked.per_second,
        seed=asked.seed,
        upgrade_to=asked.upgrade_to,
    )
    chosen = run_restored if asked.restore else run_rules if asked.rules else run
    checks = asyncio.run(chosen(compose, order, lambda what: console.print(what, soft_wrap=True)))
    console.print(checks_table(checks))
    return 0 if all(check.holds for check in checks) else 1


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.containers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--alerts", type=int, default=400)
    parser.add_argument("--per-second", type=float, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--version", default="latest", help="the running images' tag")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--upgrade-to", help="replace each service by this tag, and kill nothing")
    instead.add_argument(
        "--restore", action="store_true", help="put a dump into empty stores, and kill nothing"
    )
    instead.add_argument(
        "--rules", action="store_true", help="stop each service, and see Prometheus tell of it"
    )
    parser.add_argument(
        "--file", type=Path, action="append", help="a compose file; may be repeated"
    )
    asked = parser.parse_args(arguments)
    asked.file = asked.file or [ROOT / "docker-compose.yml"]
    return asked


if __name__ == "__main__":
    sys.exit(main())
