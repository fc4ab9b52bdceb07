"""What the demo says before the day, and how to look around after it."""

from collections.abc import Mapping

from rich.console import Console

from novalgo_cli.demo.rows import ROWS
from novalgo_cli.demo.surroundings import RATE_LIMIT, Surroundings, ignored
from novalgo_common.credentials import API_KEY
from novalgo_common.simulated import ALPACA_KEY_ID, ALPACA_SECRET_KEY


def introduce(console: Console, at: Surroundings, environ: Mapping[str, str]) -> None:
    """Say what is about to run, and what of it is not real."""
    symbols = len({row.symbol for row in ROWS})
    console.print("NovAlgo: a trading day, compressed\n", style="bold")
    lines = [
        "everything  SIMULATED: Alpaca and Google Sheets are the simulator's, on loopback",
        f"rows        {len(ROWS)} over {symbols} symbols, 5 Min to 1 Hour; seed {at.seed}",
        f"simulator   partial fills; {RATE_LIMIT:,} requests a minute instead of Alpaca's 200",
        f"data        {at.data_dir}",
        f"webhook     {at.url('ingest')}/webhook",
        f"dashboard   {at.url('analytics')}/",
    ]
    settings = ignored(environ)
    if settings:
        lines.append(f"ignored     {', '.join(settings)}")
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print()


def invite(console: Console, at: Surroundings) -> None:
    """Say where everything is while it stays up."""
    keys = f"-H APCA-API-KEY-ID:{ALPACA_KEY_ID} -H APCA-API-SECRET-KEY:{ALPACA_SECRET_KEY}"
    simulator = at.url("simulator")
    key = f'-H "X-API-Key: $(cat {at.data_dir / API_KEY})"'
    lines = [
        "",
        "It stays up until Ctrl-C. Look around:",
        f"  dashboard    {at.url('analytics')}/",
        f"  sheet        {at.config_tab}",
        f"               {at.performance_tab}",
        f"  receipts     curl -s {key} {at.url('ingest')}/signals?limit=3",
        f"  positions    curl -s {key} {at.url('ingest')}/positions",
        f"  logs         {at.log}",
        "The market is closed, so that the numbers stand. To open it and let prices move:",
        f"  curl -s {keys} {simulator}/sim/session --json '{{\"open\": true}}'",
        f"  curl -s {keys} {simulator}/sim/market --json '{{\"frozen\": false}}'",
    ]
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
