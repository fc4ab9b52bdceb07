"""What `novalgo up` says at start."""

import pytest

from novalgo_cli.announcement import announcement
from novalgo_cli.services import FOUR, called_for
from novalgo_common.errors import SettingsError

ALPACA = {"NOVALGO_ALPACA_KEY_ID": "PKMADEUP", "NOVALGO_ALPACA_SECRET_KEY": "made-up-key"}
SHEET = {"NOVALGO_SHEET_ID": "made-up-sheet", "NOVALGO_GOOGLE_CREDENTIALS": "service-account.json"}
LIVE = ALPACA | {"NOVALGO_ALPACA_ENV": "live", "NOVALGO_ALPACA_ACCOUNT": "123456789"}


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        pytest.param({}, ["broker      SIMULATED", "sheet       SIMULATED"], id="nothing is real"),
        pytest.param(ALPACA, ["broker      Alpaca paper", "sheet       SIMULATED"], id="paper"),
        pytest.param(LIVE, ["broker      REAL MONEY"], id="live"),
        pytest.param({}, ["notices     to the log"], id="nobody is told"),
        pytest.param(
            {"NOVALGO_NOTIFY_URLS": "json://127.0.0.1:1,critical|json://127.0.0.1:2"},
            ["notices     to 2 channels, by the rules in var/alerts.toml"],
            id="channels are told",
        ),
        pytest.param(SHEET, ["broker      SIMULATED", "sheet       REAL"], id="the sheet is real"),
    ],
)
def test_each_line_says_what_is_real(environ: dict[str, str], expected: list[str]) -> None:
    said = "\n".join(announcement(list(FOUR), environ))

    assert [line for line in expected if line not in said] == []


def test_no_line_holds_a_secret() -> None:
    secrets = {
        "NOVALGO_WEBHOOK_SECRETS": "made-up-secret",
        "NOVALGO_API_KEYS": "made-up-api-key",
        "NOVALGO_AMQP_URL": "amqp://me:made-up-password@mq",
        "NOVALGO_DATABASE_URL": "postgresql://me:made-up-password@db/novalgo",
    }

    said = "\n".join(announcement(list(FOUR), ALPACA | secrets))

    assert "made-up" not in said


@pytest.mark.parametrize(
    ("names", "environ", "expected"),
    [
        (list(FOUR), {}, ["simulator", "ingest", "executor", "sheets", "analytics"]),
        (list(FOUR), ALPACA, ["simulator", "ingest", "executor", "sheets", "analytics"]),
        (list(FOUR), ALPACA | SHEET, ["ingest", "executor", "sheets", "analytics"]),
        (["analytics", "ingest"], {}, ["ingest", "analytics"]),
    ],
    ids=["nothing is real", "Alpaca is real", "both are real", "neither is used"],
)
def test_the_simulator_runs_where_something_is_simulated(
    names: list[str], environ: dict[str, str], expected: list[str]
) -> None:
    assert [service.name for service in called_for(names, environ)] == expected


def test_an_unknown_service_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(SettingsError, match="nobody is none of ingest, executor"):
        called_for(["nobody"], {})
