import json
import logging
from uuid import uuid4

import pytest
import structlog

from novalgo_common.observability import about, configure_logging

CANARY = "made-up-canary-7f3a"


@pytest.fixture(autouse=True)
def configured() -> None:
    structlog.reset_defaults()
    configure_logging("info", [CANARY])


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_is_one_json_object_with_the_signals_id(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("info", [])
    signal_id = uuid4()

    with about(signal_id, symbol="AAPL"):
        structlog.get_logger().info("signal.stored", action="BUY")

    [line] = lines(capsys)
    assert line["event"] == "signal.stored"
    assert line["signal_id"] == str(signal_id)
    assert line["symbol"] == "AAPL"
    assert line["level"] == "info"


def test_no_secret_is_written_wherever_it_turns_up(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", [CANARY])
    log = structlog.get_logger()

    log.info(f"a phrase with {CANARY}", field=f"x{CANARY}x", nested={"deep": [CANARY]})
    log.info("by name", webhook_secret="another", api_key="another")
    logging.getLogger("a.library").warning("it says %s", CANARY)
    try:
        raise ValueError(CANARY)
    except ValueError:
        log.exception("it failed")

    written = capsys.readouterr().err
    assert len(written.splitlines()) == 4
    assert CANARY not in written
    assert "another" not in written
