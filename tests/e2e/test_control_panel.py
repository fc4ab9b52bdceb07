"""The sheet as a control panel: a tick and an edit reach the running system.

How long that took is in the log of the test (`-s`), by the system's own times; nothing here fails
for being slow.
"""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.novalgo_process import Up, novalgo, running_up
from tests.waiting import until

pytestmark = pytest.mark.anyio


def edit(path: Path, change: Callable[[list[list[str]]], None]) -> datetime:
    """Change a tab as a person does in an editor; return when it was saved."""
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    change(rows)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    draft = path.with_suffix(".draft")
    draft.write_text(text.getvalue(), encoding="utf-8")
    draft.replace(path)
    return datetime.now(UTC)


def tick(rows: list[list[str]]) -> None:
    rows[1][0] = "TRUE"


def untick(rows: list[list[str]]) -> None:
    rows[1][0] = "FALSE"


def resize(rows: list[list[str]]) -> None:
    rows[1][1] = "7500"


async def halts(up: Up) -> list[dict[str, Any]]:
    """Return what executor says is halted."""
    key = {"X-API-Key": (up.data_dir / "api_key").read_text(encoding="utf-8").strip()}
    answer = await up.http.get(up.url("executor", "/control/halts"), headers=key)
    found: list[dict[str, Any]] = answer.json()["halts"]
    return found


async def an_entry(up: Up) -> Any:
    """Send an alert and return its receipt once it has ended."""
    await novalgo("signal", "BUY", "AAPL", "15 Min", environ=up.environ)
    [newest] = (await up.read("/signals?limit=1"))["signals"]
    return await up.read(f"/signals/{newest['signal_id']}")


def tell(what: str, since: datetime, at: datetime) -> None:
    print(f"{what} after {(at - since).total_seconds():.2f} s")  # noqa: T201  # that is its purpose


async def test_halt_and_a_size_are_obeyed_as_soon_as_they_are_in_the_sheet(tmp_path: Path) -> None:
    (tmp_path / "sheet").mkdir()
    config, risk = tmp_path / "sheet" / "Config.csv", tmp_path / "sheet" / "Risk.csv"
    config.write_text("symbol,position_size,active,Time Frame\nAAPL,5000,TRUE,15 Min\n")
    risk.write_text("HALT,,item,value,detail\nFALSE\n")
    async with running_up(tmp_path) as up:
        ticked = edit(risk, tick)
        while not (found := await halts(up)):
            pass
        halted = await an_entry(up)
        await until(lambda: "HALTED" in risk.read_text(encoding="utf-8"))

        unticked = edit(risk, untick)
        while await halts(up):
            pass
        resumed = datetime.now(UTC)
        resized = edit(config, resize)
        while (await up.read("/config"))["config"]["AAPL 15 Min"] != 7500:
            pass
        known = datetime.now(UTC)
        filled = await an_entry(up)
        again = await novalgo("sheet", "init", "--tabs", "risk,changes", environ=up.environ)

    tell("a tick of HALT stood in executor's store", ticked, _time(found[0]["since"]))
    tell("lifting it was done", unticked, resumed)
    tell("a size was known", resized, known)
    assert (halted["ending"], halted["reason"]) == ("declined", "halted")
    assert filled["ending"] == "filled"
    [order] = filled["orders"]
    dollars = float(order["filled_qty"]) * float(order["filled_avg_price"])
    assert 7000 < dollars < 8000
    assert again.code == 0, again.err
    assert re.search(r"Config +is there already: left as it is", again.out)
    assert re.search(r"Risk +is there already", again.out)
    assert re.search(r"Changes +made", again.out)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
