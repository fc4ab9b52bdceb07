"""What the day came to, by every party's own account."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from novalgo_cli.demo.day import Diary
from novalgo_cli.demo.sheet import Cells, read_tab
from novalgo_cli.demo.surroundings import Surroundings
from novalgo_cli.demo.town import Town, until


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    diary: Diary
    receipts: Sequence[dict[str, Any]]
    summary: dict[str, Any]
    """By analytics."""
    rebuilt: dict[str, Any]
    """How what analytics kept compares with what its journal gives again."""
    account: dict[str, Any]
    """By the simulator."""
    config_tab: Cells
    performance_tab: Cells
    dead_letters: int
    seconds: float
    """How long the system took to be done after the last alert."""


async def gather(at: Surroundings, town: Town, diary: Diary) -> Outcome:
    """Wait until all is done, written and stated anew; return it."""
    since = time.monotonic()
    await until("every status was written", lambda: _is_written(at, town, diary))
    seconds = time.monotonic() - since
    settled_at = datetime.now(UTC)

    async def is_stated_anew() -> bool:
        account = (await town.summary())["account"]
        return account is not None and datetime.fromisoformat(account["at"]) > settled_at

    await until("the account was stated anew", is_stated_anew)
    await town.recompute_performance()
    return Outcome(
        diary=diary,
        receipts=await town.signals(),
        summary=await town.summary(),
        rebuilt=await town.rebuild(),
        account=await town.account(),
        config_tab=read_tab(at.config_tab),
        performance_tab=read_tab(at.performance_tab),
        dead_letters=_lines(at),
        seconds=seconds,
    )


async def _is_written(at: Surroundings, town: Town, diary: Diary) -> bool:
    """Say whether every signal is done, and stands in the sheet where it has a row there."""
    header, *rows = read_tab(at.config_tab)
    symbol, timeframe = header.index("symbol"), header.index("Time Frame")
    books = {(row[symbol], row[timeframe]) for row in rows}
    return all(_is_done(receipt, books, diary) for receipt in await town.signals())


def _is_done(receipt: dict[str, Any], books: set[tuple[str, str]], diary: Diary) -> bool:
    if receipt["ending"] is None and receipt["signal_id"] != diary.queued:
        return False
    if receipt["ending"] == "superseded":
        return True
    is_written = any(step["step"] == "written" for step in receipt["steps"])
    return is_written or (receipt["symbol"], receipt["timeframe"]) not in books


def _lines(at: Surroundings) -> int:
    path = at.data_dir / "dead_letters.jsonl"
    return len(path.read_text(encoding="utf-8").splitlines()) if path.exists() else 0
