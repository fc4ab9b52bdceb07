"""`novalgo init`, against the simulated Alpaca and Google behind real sockets."""

import asyncio
import csv
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from novalgo_common.simulated import ALPACA_KEY_ID, ALPACA_SECRET_KEY
from tests.novalgo_process import Finished, novalgo
from tests.simulated_alpaca import serving_alpaca, simulator_settings
from tests.simulated_google import running_google

pytestmark = pytest.mark.anyio

SHEET = "https://docs.google.com/spreadsheets/d/simulated/edit#gid=0"


@pytest.fixture
def alpaca(tmp_path: Path) -> Iterator[str]:
    with serving_alpaca(simulator_settings(tmp_path / "outside")) as url:
        yield url


def environ(tmp_path: Path, **urls: str) -> dict[str, str]:
    named = {f"NOVALGO_{name.upper()}_URL": url for name, url in urls.items()}
    return {"NOVALGO_DATA_DIR": str(tmp_path / "data"), **named}


def written(tmp_path: Path) -> dict[str, str]:
    text = (tmp_path / "novalgo.env").read_text(encoding="utf-8")
    return dict(line.split("=", 1) for line in text.splitlines() if not line.startswith("#"))


async def init(tmp_path: Path, settings: dict[str, str], *options: str) -> Finished:
    to = f"--settings={tmp_path / 'novalgo.env'}"
    return await novalgo("init", to, *options, environ=settings)


def secret_key(tmp_path: Path, key: str = ALPACA_SECRET_KEY) -> str:
    (tmp_path / "key").write_text(key)
    return f"--alpaca-secret-key-file={tmp_path / 'key'}"


async def test_keys_that_alpaca_takes_are_kept_for_their_owner_alone(
    tmp_path: Path, alpaca: str
) -> None:
    options = (f"--alpaca-key-id={ALPACA_KEY_ID}", secret_key(tmp_path))

    done = await init(tmp_path, environ(tmp_path, alpaca=alpaca), *options)

    assert done.code == 0, done.err
    assert "equity $100,000.00" in done.out
    kept = tmp_path / "data" / "alpaca_secret_key"
    assert written(tmp_path)["NOVALGO_ALPACA_SECRET_KEY_FILE"] == str(kept)
    assert kept.read_text().strip() == ALPACA_SECRET_KEY
    for path in (kept, tmp_path / "novalgo.env", tmp_path / "data" / "webhook_secret"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert ALPACA_SECRET_KEY not in done.out + done.err + (tmp_path / "novalgo.env").read_text()


async def test_keys_that_alpaca_refuses_leave_nothing_behind(tmp_path: Path, alpaca: str) -> None:
    options = (f"--alpaca-key-id={ALPACA_KEY_ID}", secret_key(tmp_path, "made-up"))

    done = await init(tmp_path, environ(tmp_path, alpaca=alpaca), *options)

    assert (done.code, len(done.err.splitlines())) == (2, 1)
    assert "401" in done.err
    assert not (tmp_path / "novalgo.env").exists()


async def test_live_keys_of_another_account_are_refused(tmp_path: Path, alpaca: str) -> None:
    options = (f"--alpaca-key-id={ALPACA_KEY_ID}", secret_key(tmp_path))
    live = ("--alpaca-env=live", "--alpaca-account=made-up")

    done = await init(tmp_path, environ(tmp_path, alpaca=alpaca), *options, *live)

    assert done.code == 2
    assert "NOVALGO_ALPACA_ACCOUNT" in done.err


async def test_the_spreadsheet_gets_its_tabs(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    with await asyncio.to_thread(lambda: running_google(outside)) as google:
        (outside / "sheet" / "Config.csv").unlink()
        credentials = f"--google-credentials={outside / 'simulated-google-credentials.json'}"

        done = await init(
            tmp_path, environ(tmp_path, sheets=google.base_url), f"--sheet={SHEET}", credentials
        )

    assert done.code == 0, done.err
    assert written(tmp_path)["NOVALGO_SHEET_ID"] == "simulated"
    with (outside / "sheet" / "Config.csv").open(encoding="utf-8") as file:
        assert next(csv.reader(file))[:4] == ["symbol", "position_size", "active", "Time Frame"]


async def test_the_message_to_paste_carries_the_secret_that_ingest_will_accept(
    tmp_path: Path,
) -> None:
    done = await init(tmp_path, environ(tmp_path))

    secret = (tmp_path / "data" / "webhook_secret").read_text().strip()
    assert done.code == 0, done.err
    assert f'"secret": "{secret}"' in done.out
    assert '"action": "{{strategy.order.action}}"' in done.out
    assert "start it with `novalgo up`" in done.out  # doctor's word on what does not run yet


async def test_settings_that_are_there_are_left_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "novalgo.env").write_text("NOVALGO_LOG_LEVEL=debug\n")

    done = await init(tmp_path, environ(tmp_path))

    assert done.code == 2
    assert written(tmp_path) == {"NOVALGO_LOG_LEVEL": "debug"}
