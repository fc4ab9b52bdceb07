"""What the demo says before the day, and how to look around after it."""

from collections.abc import Iterator, Mapping

from rich.console import Console

from novalgo_cli.announcement import example_call
from novalgo_cli.demo.rows import ROWS
from novalgo_cli.demo.surroundings import RATE_LIMIT, Surroundings, ignored
from novalgo_common.credentials import API_KEY
from novalgo_common.simulated import ALPACA_KEY_ID, ALPACA_SECRET_KEY
from novalgo_ingest.settings import Settings as IngestSettings


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
    for line in _places(at):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _places(at: Surroundings) -> Iterator[str]:
    key = f'-H "X-API-Key: $(cat {at.data_dir / API_KEY})"'
    yield "\nIt stays up until Ctrl-C. Look around:"
    yield f"  dashboard    {at.url('analytics')}/"
    yield f"  sheet        {at.config_tab}"
    yield f"               {at.performance_tab}"
    yield f"  receipts     curl -s {key} '{at.url('ingest')}/signals?limit=3'"
    yield f"  positions    curl -s {key} {at.url('ingest')}/positions"
    yield f"  logs         {at.log}"
    yield "The market is closed, so that the numbers stand. To open it and let prices move:"
    yield f"  {_control(at, 'session', 'open', 'true')}"
    yield f"  {_control(at, 'market', 'frozen', 'false')}"
    yield "An alert of your own:"
    yield from example_call(IngestSettings.from_env(at.environ()))


def _control(at: Surroundings, what: str, field: str, value: str) -> str:
    keys = f"-H APCA-API-KEY-ID:{ALPACA_KEY_ID} -H APCA-API-SECRET-KEY:{ALPACA_SECRET_KEY}"
    content = "-H Content-Type:application/json"
    body = f"'{{\"{field}\": {value}}}'"
    return f"curl -s {keys} {content} {at.url('simulator')}/sim/{what} -d {body}"
