"""`novalgo replay`: what another configuration would have done, by the real services."""

import json
from pathlib import Path

import pytest

from tests.novalgo_process import novalgo

pytestmark = pytest.mark.anyio

CONFIG = """symbol,position_size,active,Time Frame
AAPL,1000,TRUE,15 Min
MSFT,1000,FALSE,15 Min
"""
MESSAGES = [
    {"action": "buy", "ticker": "NASDAQ:AAPL", "interval": "15", "price": "200.00"},
    {"action": "buy", "ticker": "MSFT", "interval": "15", "price": "500.00"},
    {"action": "close", "ticker": "AAPL", "interval": "15", "price": "220.00"},
]


async def test_a_recording_is_played_at_its_own_prices_with_the_given_configuration(
    tmp_path: Path,
) -> None:
    (tmp_path / "config.csv").write_text(CONFIG)
    recording = tmp_path / "messages.jsonl"
    recording.write_text("\n".join(json.dumps(message) for message in MESSAGES))

    done = await novalgo(
        "replay", str(recording), "--config", str(tmp_path / "config.csv"), "--json"
    )

    assert done.code == 0, done.err
    outcome = json.loads(done.out)
    endings = [(each["symbol"], each["ending"], each["reason"]) for each in outcome["signals"]]
    assert endings == [
        ("AAPL", "filled", None),
        ("MSFT", "declined", "row_inactive"),
        ("AAPL", "filled", None),
    ]
    # Bought at the ask of 200.01, sold at the bid of 219.99: 1000 dollars' worth of shares.
    assert 99 < float(outcome["account"]["realised"]) < 101


async def test_what_is_no_recording_is_told_by_its_line(tmp_path: Path) -> None:
    (tmp_path / "config.csv").write_text(CONFIG)
    recording = tmp_path / "messages.jsonl"
    recording.write_text(json.dumps(MESSAGES[0]) + '\n{"action": "buy"}\n')

    done = await novalgo("replay", str(recording), "--config", str(tmp_path / "config.csv"))

    assert (done.code, done.err) == (2, "novalgo: line 2: Missing symbol\n")
