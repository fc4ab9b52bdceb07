"""docs/configuration.md says what the code reads."""

from pathlib import Path

from novalgo_cli.configuration import configuration

PAGE = Path(__file__).parents[3] / "docs" / "configuration.md"


def test_the_committed_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == configuration(), (
        "make it anew: novalgo settings > docs/configuration.md"
    )


def test_a_setting_of_two_readers_stands_there_once() -> None:
    lines = [
        line
        for line in configuration().splitlines()
        if line.startswith("| `NOVALGO_SIMULATOR_PORT")
    ]

    [line] = lines
    assert line.endswith("(also read by sheets, simulator) |")


def test_no_default_shows_a_secret() -> None:
    assert "secret-key" not in configuration()
