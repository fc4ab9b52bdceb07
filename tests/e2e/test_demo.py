"""`novalgo demo` without a terminal, as `make demo </dev/null` runs it."""

import asyncio
import os
from pathlib import Path

import pytest

from tests.novalgo_process import novalgo
from tests.terminal import on_a_terminal

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(240)]

PROMISES = (
    "Every alert had the answer that it was to have",
    "Every signal has its ending",
    "No signal failed",
    "The Config tab shows every Order Status",
    "Shares, realised and unrealised P&L agree for each symbol",
    "Every share belongs to a timeframe",
    "The account agrees to the cent",
    "The Performance tab adds up to what was realised",
    "No order was sent twice",
)


async def test_two_demos_beside_each_other_keep_every_promise_and_leave_nothing(
    tmp_path: Path,
) -> None:
    demos = await asyncio.gather(
        *(
            novalgo("demo", "--seed", seed, environ={"TMPDIR": str(tmp_path)}, seconds=200)
            for seed in ("7", "8")
        )
    )

    for demo in demos:
        assert demo.code == 0, demo.out + demo.err
        assert [promise for promise in PROMISES if f"✓ {promise}" not in demo.out] == []
        assert "✗" not in demo.out
    assert os.listdir(tmp_path) == []


async def test_settings_of_real_accounts_are_ignored_and_named(tmp_path: Path) -> None:
    real = {"NOVALGO_ALPACA_KEY_ID": "PKMADEUP", "NOVALGO_SHEET_ID": "made-up-sheet"}

    demo = await novalgo("demo", "--data-dir", str(tmp_path / "day"), environ=real, seconds=200)

    assert demo.code == 0, demo.out + demo.err
    assert "ignored     NOVALGO_ALPACA_KEY_ID, NOVALGO_SHEET_ID" in demo.out
    assert (tmp_path / "day" / "sheet" / "Config.csv").exists()


async def test_a_directory_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")

    demo = await novalgo("demo", "--data-dir", str(tmp_path))

    assert demo.code == 2
    assert demo.err == f"novalgo: --data-dir: {tmp_path} is not an empty directory\n"
    assert os.listdir(tmp_path) == ["mine.txt"]


async def test_on_a_terminal_it_stays_up_until_it_is_interrupted(tmp_path: Path) -> None:
    async with on_a_terminal("demo", environ={"TMPDIR": str(tmp_path)}) as terminal:
        await terminal.shows("It stays up until Ctrl-C", seconds=120)
        stays = terminal.process.returncode is None
        terminal.press_ctrl_c()
        code = await asyncio.wait_for(terminal.process.wait(), 15)

    assert stays
    assert code == 0
    assert os.listdir(tmp_path) == []
