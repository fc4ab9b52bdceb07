from hashlib import sha256
from pathlib import Path

import pytest

from novalgo_common.credentials import WEBHOOK_SECRET, Credentials, KeyScope, kept_credential
from novalgo_common.errors import SettingsError


def test_a_credential_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    data_dir = tmp_path / "var"

    made, is_new = kept_credential(data_dir, WEBHOOK_SECRET)
    kept, is_newer = kept_credential(data_dir, WEBHOOK_SECRET)

    assert len(made) >= 32
    assert (kept, is_new, is_newer) == (made, True, False)
    assert (data_dir / WEBHOOK_SECRET).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in data_dir.iterdir()] == [WEBHOOK_SECRET]


def test_an_emptied_credential_file_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / WEBHOOK_SECRET).write_text("\n")

    with pytest.raises(SettingsError, match="webhook_secret there is empty"):
        kept_credential(tmp_path, WEBHOOK_SECRET)


@pytest.mark.parametrize(
    ("presented", "expected"),
    [
        pytest.param("made-up-old", True, id="the first"),
        pytest.param("made-up-new", True, id="the second, while one replaces the other"),
        pytest.param("made-up-ne", False, id="a beginning of one"),
        pytest.param("", False, id="an empty one"),
        pytest.param("\ud800", False, id="half a character"),
        pytest.param(None, False, id="none"),
        pytest.param(["made-up-old"], False, id="no text"),
    ],
)
def test_only_a_whole_valid_credential_is_accepted(presented: object, expected: bool) -> None:
    credentials = Credentials.of(["made-up-old", "made-up-new"])

    assert credentials.accept(presented) is expected


def test_a_key_may_read_alone() -> None:
    keys = Credentials.of(["read:made-up-reader", "made-up-owner"])

    assert keys.accept("made-up-reader", KeyScope.READ)
    assert not keys.accept("made-up-reader", KeyScope.CONTROL)
    assert keys.accept("made-up-owner", KeyScope.CONTROL)
    assert not keys.accept("read:made-up-reader")


def test_a_setting_may_hold_a_hash() -> None:
    hashed = sha256(b"made-up-reader").hexdigest()
    keys = Credentials.of([f"read:sha256:{hashed}"])

    assert keys.accept("made-up-reader")
    assert not keys.accept(hashed)
    with pytest.raises(SettingsError, match="is no SHA-256"):
        Credentials.of(["sha256:made-up"])
