import json
import logging
import sys
from collections.abc import Iterator
from io import StringIO
from uuid import uuid4

import pytest
import structlog

from novalgo_common.observability import about, configure_logging

CANARY = "made-up-canary-7f3a"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Leave logging to the other tests as they know it."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


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


def test_a_log_that_cannot_be_written_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = StringIO()
    closed.close()
    configure_logging("info", [])
    monkeypatch.setattr(sys, "stderr", closed)

    structlog.get_logger().warning("nobody reads this")
    logging.getLogger("a.library").warning("nor this")
