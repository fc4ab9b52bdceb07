from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from novalgo_cli.main import app
from novalgo_common.credentials import API_KEY, WEBHOOK_SECRET, KeyScope
from novalgo_common.keyring import given_or_kept


@pytest.fixture(autouse=True)
def _data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOVALGO_DATA_DIR", str(tmp_path))
    for name in ("NOVALGO_WEBHOOK_SECRETS", "NOVALGO_API_KEYS"):
        monkeypatch.delenv(name, raising=False)


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_a_rotated_secret_is_printed_and_accepted_beside_the_old_one(tmp_path: Path) -> None:
    accepted = given_or_kept([], tmp_path, WEBHOOK_SECRET)
    old = (tmp_path / WEBHOOK_SECRET).read_text().strip()

    done = _run("secret", "rotate")

    assert done.exit_code == 0
    assert done.output.strip() == (tmp_path / WEBHOOK_SECRET).read_text().strip() != old
    assert accepted.accept(old)
    assert accepted.accept(done.output.strip())
    assert old not in _run("secret", "list").output


def test_a_key_is_made_to_read_alone_and_revoked(tmp_path: Path) -> None:
    accepted = given_or_kept([], tmp_path, API_KEY)

    key = _run("key", "add", "dashboard").output.strip()

    assert accepted.accept(key, KeyScope.READ)
    assert not accepted.accept(key, KeyScope.CONTROL)
    assert "dashboard" in _run("key", "list").output
    assert _run("key", "revoke", "dashboard").exit_code == 0
    assert not accepted.accept(key)


def test_where_a_setting_gives_the_secrets_the_command_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NOVALGO_WEBHOOK_SECRETS", "made-up")

    done = _run("secret", "rotate")

    assert done.exit_code == 2
