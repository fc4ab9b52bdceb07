"""The page over five years of journal: its lists, its live events, and what open pages cost."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import httpx2

from bench.alerts import SECRET
from bench.client import BenchError
from bench.figures import P50, Aim, Comparison, percentile
from bench.five_years import TRADES, write_a_day, write_five_years
from bench.novalgo import NovAlgo, novalgo
from bench.paint import first_looks
from bench.servers import Server
from bench.stage import Contender, Stage, take_turns

P95 = "p95 ms"
ASKED = 60
PAGES = 50
OVERVIEW_EVERY = 3.0
ALERTS_A_SECOND = 20
SECONDS = 4
HEARD_WITHIN = 60.0
BARE = "an answer without any rows"
BY_AGE = ("/api/v1/overview", "/api/v1/signals", "/api/v1/trades")
DAY_OLD, OLD = "a day", "five years"
QUIET = "one page is open"
OPEN = f"{PAGES} pages are open"
CORES = "cores"
LISTS: Mapping[str, dict[str, str]] = {
    "signals": {},
    "signals, a symbol": {"symbol": "AAPL"},
    "signals, a book": {"symbol": "NVDA", "timeframe": "5 Min"},
    "signals, declined": {"ending": "declined"},
    "signals, a day": {"day": "2024-03-05"},
    "trades": {},
    "trades, a symbol that won": {"symbol": "AAPL", "outcome": "won"},
    "books": {},
}


def measure(stage: Stage) -> list[Comparison]:
    room, small = stage.room("five-years"), stage.room("a-day")
    until = datetime.now(UTC) - timedelta(minutes=5)
    stage.tell("writing five years of journal")
    trades = TRADES if stage.largest else TRADES // 10
    asyncio.run(write_five_years(room, until, trades))
    asyncio.run(write_a_day(small, until, trades))
    # A report reads the whole history for half a minute: it has figures of its own (profit).
    settings = {"NOVALGO_REPORTS": "false"}
    with novalgo(room, settings=settings) as running:
        found = [
            *first_looks(stage, running),
            _lists(stage, running, trades),
            _pages(stage, running),
        ]
        with novalgo(small, settings=settings) as young:
            return [*found, *_by_age(stage, young, running)]


def _by_age(stage: Stage, young: NovAlgo, old: NovAlgo) -> list[Comparison]:
    """Compare the same questions over a journal of a day and of five years."""
    found = []
    for path in BY_AGE:
        title = f"{path}, by the length of the journal"
        contenders = [
            Contender(age, _asking(system.services[0], path), [system.services[0]])
            for age, system in ((DAY_OLD, young), (OLD, old))
        ]
        found.append(
            Comparison(
                title=title,
                about=f"Asked {ASKED} times a round, one after the other, over one connection.",
                series=take_turns(stage, title, contenders, 4),
            )
        )
    return found


def _lists(stage: Stage, running: NovAlgo, trades: int) -> Comparison:
    server = running.services[0]
    title = f"Lists over {10 * trades:,} events and {trades:,} trades"
    lists = {name: f"/api/v1/{name.split(',')[0]}?{urlencode(q)}" for name, q in LISTS.items()}
    contenders = [
        Contender(name, _asking(server, path), [server])
        for name, path in {**lists, BARE: "/health"}.items()
    ]
    return Comparison(
        title=title,
        about=f"Each asked {ASKED} times a round, one after the other, over one connection.  The "
        "first is the newest of all: what a choice costs beside it.  "
        f"`python -m bench page --largest` has {TRADES:,} trades.",
        series=take_turns(stage, title, contenders, 10),
        aims=[Aim(series=name, figure=P95, at_most=200, of_floor=False) for name in LISTS],
    )


def _asking(server: Server, path: str) -> Callable[[], Mapping[str, float]]:
    def measure() -> Mapping[str, float]:
        base = f"http://127.0.0.1:{server.ports[-1]}"
        with httpx2.Client(base_url=base, timeout=300) as client:
            _ask(client, path)  # connects
            seconds = [_ask(client, path) for _ in range(ASKED)]
        return _percentiles(seconds)

    return measure


def _ask(client: httpx2.Client, path: str) -> float:
    began = time.perf_counter()
    answer = client.get(path)
    if answer.status_code != 200:
        raise BenchError(f"{path} was answered with {answer.status_code}")
    return time.perf_counter() - began


def _percentiles(seconds: Sequence[float]) -> dict[str, float]:
    return {P50: percentile(seconds, 50) * 1000, P95: percentile(seconds, 95) * 1000}


def _pages(stage: Stage, running: NovAlgo) -> Comparison:
    server = running.services[0]
    title = f"{PAGES} open pages at {ALERTS_A_SECOND} signals a second"

    def load(pages: int) -> Callable[[], Mapping[str, float]]:
        return lambda: asyncio.run(_load(server, pages))

    return Comparison(
        title=title,
        about="Each page listens, and asks for the overview every 3 s.  The delay is from the "
        "answer to an alert to its event on a page.  Cores are the whole process's.",
        series=take_turns(
            stage,
            title,
            [Contender(QUIET, load(1), [server]), Contender(OPEN, load(PAGES), [server])],
            24,
            least=3,
            warm=True,
        ),
        aims=[
            Aim(series=OPEN, figure=P50, at_most=3),
            Aim(series=OPEN, figure=P95, at_most=300, of_floor=False),
        ],
    )


async def _load(server: Server, pages: int) -> Mapping[str, float]:
    ingest, analytics = (f"http://127.0.0.1:{server.ports[place]}" for place in (0, -1))
    answered: dict[str, float] = {}
    heard: dict[str, float] = {}
    limits = httpx2.Limits(max_connections=None)
    async with httpx2.AsyncClient(timeout=60, limits=limits) as client, asyncio.TaskGroup() as all_:
        tasks = [all_.create_task(_page(client, analytics, heard))]
        tasks += [all_.create_task(_other_page(server.ports[-1])) for _ in range(pages - 1)]
        await asyncio.sleep(1)
        began, computed = time.perf_counter(), server.cpu_seconds()
        for number in range(ALERTS_A_SECOND * SECONDS):
            await asyncio.sleep(max(0, began + number / ALERTS_A_SECOND - time.perf_counter()))
            all_.create_task(_alert(client, ingest, number, answered))
        cores = (server.cpu_seconds() - computed) / (time.perf_counter() - began)
        await _until_heard(answered, heard)
        for task in tasks:
            task.cancel()
    delays = [heard[each] - answered[each] for each in answered.keys() & heard.keys()]
    if len(delays) < len(answered):
        raise BenchError(f"{len(answered) - len(delays)} signals did not reach the page")
    return {**_percentiles(delays), CORES: cores}


async def _until_heard(answered: Mapping[str, float], heard: Mapping[str, float]) -> None:
    """Wait until the page has heard of every alert, or for so long that it never will."""
    deadline = time.perf_counter() + HEARD_WITHIN
    while len(answered) < ALERTS_A_SECOND * SECONDS or answered.keys() - heard.keys():
        if time.perf_counter() > deadline:
            return
        await asyncio.sleep(0.1)


async def _page(client: httpx2.AsyncClient, base: str, heard: dict[str, float]) -> None:
    refreshing = asyncio.create_task(_refresh(client, base))
    try:
        async with client.stream("GET", f"{base}/api/v1/live") as stream:
            async for line in stream.aiter_lines():
                if line.startswith('data: {"type":"signal.received'):
                    at = time.perf_counter()
                    signal_id = line.partition('"event_id":"')[2].partition('"')[0]
                    heard.setdefault(signal_id, at)
    finally:
        refreshing.cancel()


async def _other_page(port: int) -> None:
    """Listen and ask as a page does, but read nothing of it: the client must not be slow."""
    listening = asyncio.create_task(_drain(port, "/api/v1/live", again=None))
    asking = asyncio.create_task(_drain(port, "/api/v1/overview", again=OVERVIEW_EVERY))
    try:
        await asyncio.gather(listening, asking)
    finally:
        listening.cancel()
        asking.cancel()


async def _drain(port: int, path: str, again: float | None) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while True:
            writer.write(request)
            if again is None:
                while await reader.read(1 << 16):
                    pass
                return
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length))
            await asyncio.sleep(again)
    finally:
        writer.close()


async def _refresh(client: httpx2.AsyncClient, base: str) -> None:
    while True:
        await client.get(f"{base}/api/v1/overview")
        await asyncio.sleep(OVERVIEW_EVERY)


async def _alert(
    client: httpx2.AsyncClient, base: str, number: int, answered: dict[str, float]
) -> None:
    body = {"action": ("BUY", "SELL")[number % 2], "symbol": "AAPL", "timeframe": "15 Min"}
    answer = await client.post(
        f"{base}/webhook", json={**body, "secret": SECRET, "id": f"{time.time_ns()}"}
    )
    answered[str(answer.json()["signal_id"])] = time.perf_counter()
