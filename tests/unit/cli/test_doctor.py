"""What the doctor notices, and how it says to mend it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from novalgo_cli.doctor.files import files
from novalgo_cli.doctor.finding import Finding
from novalgo_cli.doctor.neighbours import neighbours
from novalgo_cli.doctor.spreadsheet import spreadsheet
from novalgo_cli.doctor.variables import unknown_variables, wrong_settings
from novalgo_common.clock import Clock, utc_now
from novalgo_common.ops import Readiness, ops_app
from novalgo_common.settings import Settings
from novalgo_sheets.metrics import Metrics
from tests.http_server import serving
from tests.simulated_google import RunningGoogle, running_google


def test_a_misspelt_variable_is_told_with_the_nearest_that_is_read() -> None:
    [finding] = unknown_variables({"NOVALGO_INGEST_PROT": "80"})

    assert finding.told == "NOVALGO_INGEST_PROT is set, and nobody reads it"
    assert finding.mend == "is NOVALGO_INGEST_PORT meant?"


def test_variables_of_tests_and_files_and_of_others_are_fine() -> None:
    environ = {"NOVALGO_TEST_AMQP_URL": "x", "NOVALGO_AMQP_URL_FILE": "x", "HOME": "x"}

    assert list(unknown_variables(environ)) == []


def test_a_wrong_setting_that_several_services_read_is_told_once() -> None:
    [finding] = wrong_settings({"NOVALGO_LOG_LEVEL": "loud"})

    assert finding.told.startswith("NOVALGO_LOG_LEVEL: ")


def test_a_secret_that_others_may_read_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "api_key").write_text("made-up-key")
    (tmp_path / "api_key").chmod(0o644)

    [finding] = [found for found in files(Settings(data_dir=tmp_path), {}) if found.is_problem]

    assert finding.mend == f"chmod 600 {tmp_path / 'api_key'}"
    assert "made-up-key" not in finding.told


@pytest.mark.parametrize(
    ("mode", "is_problem"), [(0o600, False), (0o640, False), (0o644, True)], ids=oct
)
def test_a_mounted_secret_may_be_its_groups_but_not_everybodys(
    tmp_path: Path, mode: int, is_problem: bool
) -> None:
    secret = tmp_path / "mounted"
    secret.write_text("made-up")
    secret.chmod(mode)
    environ = {"NOVALGO_WEBHOOK_SECRETS_FILE": str(secret)}

    problems = [found for found in files(Settings(data_dir=tmp_path), environ) if found.is_problem]

    assert bool(problems) is is_problem


def test_dead_letters_are_a_problem(tmp_path: Path) -> None:
    (tmp_path / "dead_letters.jsonl").write_text('{"queue": "sheets.updates"}\n')

    [finding] = [found for found in files(Settings(data_dir=tmp_path), {}) if found.is_problem]

    assert finding.told.startswith("1 in ")


def test_a_data_directory_that_is_a_file_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "var"
    path.write_text("")

    finding = next(files(Settings(data_dir=path), {}))

    assert finding.told == f"{path} is no directory"


def test_services_that_do_not_answer_are_told_each() -> None:
    ports = {f"NOVALGO_{name}_PORT": "1" for name in ("INGEST", "EXECUTOR", "SHEETS", "ANALYTICS")}

    found = list(neighbours(Settings(), ports))

    assert [finding.subject for finding in found] == ["ingest", "executor", "sheets", "analytics"]
    assert {finding.told for finding in found} == {"nothing answers at http://127.0.0.1:1"}


def test_a_rabbitmq_that_is_away_is_told_without_its_password() -> None:
    settings = Settings.from_env({"NOVALGO_AMQP_URL": "amqp://me:made-up-password@127.0.0.1:1"})

    rabbitmq = next(neighbours(settings, {}))

    assert rabbitmq.is_problem
    assert "made-up-password" not in rabbitmq.told + rabbitmq.mend


@pytest.fixture
def google(tmp_path: Path) -> Iterator[RunningGoogle]:
    (tmp_path / "sheet").mkdir()
    (tmp_path / "sheet" / "Config.csv").write_text(
        "symbol,position_size,active,Time Frame\nAAPL,5000,TRUE,15 Min\nMSFT,a lot,TRUE,5 Min\n"
    )
    with running_google(tmp_path) as running:
        yield running


def examined(
    google: RunningGoogle, tmp_path: Path, *, sheets_port: int = 1, clock: Clock = utc_now
) -> dict[str, Finding]:
    """Return what the doctor finds of the spreadsheet, the last of each subject."""
    environ = {
        "NOVALGO_DATA_DIR": str(tmp_path),
        "NOVALGO_SIMULATOR_PORT": str(google.port),
        "NOVALGO_SHEETS_PORT": str(sheets_port),
    }
    return {finding.subject: finding for finding in spreadsheet(environ, clock)}


def test_the_spreadsheet_is_examined_row_by_row(google: RunningGoogle, tmp_path: Path) -> None:
    (tmp_path / "sheet" / "Positions.csv").write_text("my own,list\n")

    told = examined(google, tmp_path)

    assert told["sheet access"].told == "the spreadsheet answers"
    assert not told["sheet headers"].is_problem
    assert told["sheet row 3"].told == "MSFT: position_size a lot is not a number"
    assert told["sheet row 3"].mend == "write one, such as 5000"
    assert told["sheet rows"].told == "1 can be used, 1 of them active"
    assert "Positions holds something of your own" in told["sheet tabs"].told
    assert not told["sheet clock"].is_problem


def test_a_header_that_is_missing_is_told_with_its_mend(
    google: RunningGoogle, tmp_path: Path
) -> None:
    (tmp_path / "sheet" / "Config.csv").write_text("symbol,active,Time Frame\nAAPL,TRUE,5 Min\n")

    headers = examined(google, tmp_path)["sheet headers"]

    assert headers.told == "the Config tab's first row lacks position_size"
    assert headers.mend == "write the name back"


def test_a_config_tab_that_is_gone_is_told_with_its_mend(
    google: RunningGoogle, tmp_path: Path
) -> None:
    (tmp_path / "sheet" / "Config.csv").rename(tmp_path / "sheet" / "Mine.csv")
    environ = {"NOVALGO_SHEETS_URL": google.base_url, "NOVALGO_SHEET_ID": "simulated"}

    [access] = spreadsheet({"NOVALGO_DATA_DIR": str(tmp_path), **environ})

    assert access.told == "no tab is named Config"
    assert access.mend == "rename it back, or run `novalgo sheet init`"


@pytest.mark.parametrize(("minutes", "side"), [(-2, "behind"), (3, "ahead of")])
def test_a_clock_that_is_off_is_told_with_its_mend(
    google: RunningGoogle, tmp_path: Path, minutes: int, side: str
) -> None:
    clock = examined(google, tmp_path, clock=lambda: utc_now() + timedelta(minutes=minutes))[
        "sheet clock"
    ]

    assert re.search(rf"\d+ s {side} Google's clock", clock.told)
    assert clock.mend == "set the clock: `timedatectl set-ntp true`"


def test_the_quota_that_the_running_service_has_left_is_told(
    google: RunningGoogle, tmp_path: Path
) -> None:
    metrics = Metrics()
    metrics.quota_left.labels("read").set(41)
    metrics.quota_left.labels("write").set(60)

    def sheets(port: int) -> FastAPI:
        return ops_app("sheets", Readiness(), metrics.registry, port=port, clock=utc_now)

    with serving(sheets) as url:
        port = int(url.rpartition(":")[2])
        quota = examined(google, tmp_path, sheets_port=port)["sheet quota"]

    assert quota.told == "left of this minute: 41 reads, 60 writes"


def test_a_spreadsheet_that_cannot_be_had_is_one_problem_with_its_mend(tmp_path: Path) -> None:
    with running_google(tmp_path) as google:
        found = list(
            spreadsheet(
                {
                    "NOVALGO_DATA_DIR": str(tmp_path),
                    "NOVALGO_SHEETS_URL": google.base_url,
                    "NOVALGO_SHEET_ID": "another",
                }
            )
        )

    [finding] = found
    assert finding.is_problem
    assert "NOVALGO_SHEET_ID" in finding.told
