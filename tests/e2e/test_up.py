"""`novalgo up` and the commands that talk to it."""

import asyncio
import json
import re
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from tests.novalgo_process import Up, novalgo, running_up

pytestmark = pytest.mark.anyio

FOUR = ("ingest", "executor", "sheets", "analytics")


async def test_up_tells_what_is_simulated_and_ends_when_it_is_asked_to(tmp_path: Path) -> None:
    async with running_up(tmp_path) as up:
        said = up.said()
        code = await up.stop()

    assert code == 0
    assert "broker      SIMULATED" in said
    assert "sheet       SIMULATED" in said
    assert f"webhook     {up.url('ingest', '/webhook')}" in said
    assert f"dashboard   {up.url('analytics', '/')}" in said
    assert (tmp_path / "webhook_secret").read_text().strip() not in said


async def test_the_call_that_up_prints_can_be_pasted_into_a_shell(tmp_path: Path) -> None:
    async with running_up(tmp_path) as up:
        call = await asyncio.create_subprocess_shell(
            _printed_call(up), stdout=asyncio.subprocess.PIPE
        )
        answer, _ = await call.communicate()

    assert json.loads(answer)["status"] == "success"


async def test_the_simulators_order_stream_can_be_joined(tmp_path: Path) -> None:
    async with (
        running_up(tmp_path) as up,
        connect(up.url("simulator", "/stream").replace("http", "ws")) as stream,
    ):
        keys = {"key_id": "nobody", "secret_key": "nothing"}
        await stream.send(json.dumps({"action": "authenticate", "data": keys}))
        answer = json.loads(await stream.recv())

    assert answer["data"]["status"] == "unauthorized"


async def test_the_commands_follow_a_signal_to_its_position(tmp_path: Path) -> None:
    async with running_up(tmp_path) as up:
        sent = await novalgo("signal", "BUY", "AAPL", "15 Min", environ=up.environ)
        refused = await novalgo("signal", "HOLD", "AAPL", "15 Min", environ=up.environ)
        signals = await novalgo("signals", "--json", environ=up.environ)
        signal_id = json.loads(signals.out)["signals"][0]["signal_id"]
        receipt = await novalgo("signals", signal_id, environ=up.environ)
        positions = await novalgo("positions", environ=up.environ)
        profit = await novalgo("profit", environ=up.environ)

    assert (sent.code, refused.code) == (0, 1), sent.out + sent.err
    assert re.search(r"ending +filled", sent.out)
    assert "ending     filled" in receipt.out
    assert [step for step in ("alert", "stored", "filled") if step not in receipt.out] == []
    assert re.search(r"AAPL +long", positions.out)
    assert re.search(r"AAPL +15 Min", profit.out)


async def test_a_person_halts_flattens_and_resumes(tmp_path: Path) -> None:
    async with running_up(tmp_path) as up:
        await novalgo("signal", "BUY", "AAPL", "15 Min", environ=up.environ)
        halted = await novalgo("halt", "MSFT", environ=up.environ)
        flat = await novalgo("flatten", "--yes", environ=up.environ)
        refused = await novalgo("signal", "BUY", "AAPL", "15 Min", environ=up.environ)
        halts = await novalgo("halts", environ=up.environ)
        resumed = await novalgo("resume", environ=up.environ)
        again = await novalgo("resume", environ=up.environ)

    assert "halted MSFT" in halted.out
    assert flat.code == 0, flat.out + flat.err
    assert "nothing is held" in flat.out
    assert "halted" in refused.out
    assert ("halted all" in halts.out, "halted MSFT" in halts.out) == (True, True)
    assert "halted all" not in resumed.out
    assert (again.code, "no halt of all" in again.err) == (2, True)


async def test_the_doctor_finds_nothing_wrong_with_what_runs_and_everything_with_what_does_not(
    tmp_path: Path,
) -> None:
    async with running_up(tmp_path) as up:
        well = await novalgo("doctor", environ=up.environ)
        await up.stop()
        ill = await novalgo("doctor", environ=up.environ)

    assert well.code == 0, well.out
    assert [name for name in FOUR if f"{name:<15} ready at" not in well.out] == []
    assert ill.code == 1
    assert ill.out.count("start it with `novalgo up`") == len(FOUR)


async def test_commands_say_where_nothing_answers(tmp_path: Path) -> None:
    (tmp_path / "api_key").write_text("made-up-key")
    nowhere = {"NOVALGO_DATA_DIR": str(tmp_path), "NOVALGO_INGEST_PORT": "1"}

    positions = await novalgo("positions", environ=nowhere)

    assert positions.code == 2
    assert "ingest does not answer at http://127.0.0.1:1/positions" in positions.err


@pytest.mark.parametrize(
    ("setting", "value", "arguments"),
    [
        pytest.param("NOVALGO_INGEST_PORT", "eighty", (), id="a port that is no number"),
        pytest.param("NOVALGO_ALPACA_KEY_ID", "PKMADEUP", (), id="a key without its secret"),
        pytest.param("NOVALGO_AMQP_URL", "", ("--only", "ingest"), id="one service, no RabbitMQ"),
        pytest.param("NOVALGO_AMQP_URL", "", ("--only", "nobody"), id="an unknown service"),
    ],
)
async def test_a_wrong_setting_is_one_line_and_exit_code_2(
    tmp_path: Path, setting: str, value: str, arguments: tuple[str, ...]
) -> None:
    environ = {"NOVALGO_DATA_DIR": str(tmp_path), setting: value}

    started = await novalgo("up", *arguments, environ=environ)

    assert started.code == 2
    assert started.err.startswith("novalgo: ")
    assert started.err.count("\n") == 1


def _printed_call(up: Up) -> str:
    return up.said().split("Try it:\n")[1].split("\n\n")[0]
