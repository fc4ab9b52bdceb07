from pathlib import Path

import pytest
from pydantic import Field, SecretStr

from novalgo_common.errors import SettingsError
from novalgo_common.settings import CommaSeparated, Port, Settings


class SomeSettings(Settings):
    some_port: Port = 8080
    some_names: CommaSeparated = ()
    some_secret: SecretStr | None = Field(None, min_length=8)


def test_what_is_not_set_has_its_default() -> None:
    settings = SomeSettings.from_env({})

    assert settings.data_dir == Path("var")
    assert settings.amqp_url is None
    assert settings.bind_host == "127.0.0.1"


def test_settings_come_from_the_environment() -> None:
    environ = {"NOVALGO_SOME_PORT": " 9000 ", "NOVALGO_SOME_NAMES": "one, two,", "SOME_PORT": "1"}

    settings = SomeSettings.from_env(environ)

    assert settings.some_port == 9000
    assert settings.some_names == ("one", "two")


def test_an_empty_setting_counts_as_not_set() -> None:
    assert SomeSettings.from_env({"NOVALGO_AMQP_URL": ""}).amqp_url is None


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("made-up-secret\n", encoding="utf-8")

    settings = SomeSettings.from_env({"NOVALGO_SOME_SECRET_FILE": str(secret)})

    assert settings.some_secret is not None
    assert settings.some_secret.get_secret_value() == "made-up-secret"


@pytest.mark.parametrize(
    ("environ", "names"),
    [
        pytest.param({"NOVALGO_SOME_PORT": "http"}, "NOVALGO_SOME_PORT", id="no number"),
        pytest.param({"NOVALGO_SOME_PORT": "70000"}, "NOVALGO_SOME_PORT", id="no port"),
        pytest.param({"NOVALGO_SOME_SECRET": "short"}, "NOVALGO_SOME_SECRET", id="bad secret"),
        pytest.param(
            {"NOVALGO_SOME_SECRET_FILE": "/nowhere/at/all"},
            "NOVALGO_SOME_SECRET_FILE",
            id="no such file",
        ),
        pytest.param(
            {"NOVALGO_SOME_SECRET": "made-up-secret", "NOVALGO_SOME_SECRET_FILE": "/a/file"},
            "both set",
            id="set twice",
        ),
    ],
)
def test_a_wrong_setting_is_named_in_one_line_that_shows_no_value(
    environ: dict[str, str], names: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        SomeSettings.from_env(environ)

    text = str(caught.value)
    assert names in text
    assert "\n" not in text
    assert "short" not in text.replace("shorter", "")
