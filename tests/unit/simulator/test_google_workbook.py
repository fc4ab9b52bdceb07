"""The tabs as files that a program and a person share."""

from pathlib import Path

import pytest

from novalgo_simulator.google import values
from novalgo_simulator.google.cells import formatted, raw, unformatted, user_entered
from novalgo_simulator.google.workbook import Tabs, Workbook


@pytest.fixture
def config(tmp_path: Path) -> Path:
    Workbook(tmp_path).create()
    path = tmp_path / "Config.csv"
    path.write_text("symbol,position_size\nAAPL,5000\n")
    return path


def with_status(tabs: Tabs) -> Tabs:
    changed, _ = values.update(tabs, "Config!C2", {"values": [["FILLED"]]}, "RAW")
    return changed


def test_an_edit_that_is_saved_during_a_change_is_not_lost(config: Path) -> None:
    edits = ["symbol,position_size\nAAPL,6000\n"]

    def interrupted(tabs: Tabs) -> Tabs:
        changed = with_status(tabs)
        if edits:
            config.write_text(edits.pop())
        return changed

    Workbook(config.parent).change(interrupted)

    assert config.read_text() == "symbol,position_size\nAAPL,6000,FILLED\n"


def test_a_change_leaves_nothing_but_the_tabs(config: Path) -> None:
    Workbook(config.parent).change(with_status)

    assert [path.name for path in config.parent.iterdir()] == ["Config.csv"]


def test_a_file_that_a_change_does_not_touch_keeps_every_byte(config: Path) -> None:
    config.write_bytes(b"symbol , position_size\r\n")

    Workbook(config.parent).change(lambda tabs: tabs)

    assert config.read_bytes() == b"symbol , position_size\r\n"


@pytest.mark.parametrize(
    "saved",
    [
        pytest.param(b"\xef\xbb\xbfsymbol,note\r\nAAPL,\"a, b\"\r\n", id="as Excel saves it"),
        pytest.param(b'"symbol","note"\n"AAPL","a, b"\n', id="all in quotes"),
        pytest.param(b'symbol,note\nAAPL,"a, b"', id="without a last line's end"),
    ],
)  # fmt: skip
def test_the_file_is_read_as_spreadsheet_programs_save_it(config: Path, saved: bytes) -> None:
    config.write_bytes(saved)

    tab = Workbook(config.parent).read()["Config"]

    assert tab.cells == (("symbol", "note"), ("AAPL", "a, b"))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("5000", 5000),
        ("-5.20", -5.2),
        ("1E5", 100000),
        ("TRUE", True),
        ("false", False),
        ("NAN", "NAN"),
        ("1e999", "1e999"),
        ("$5,000", "$5,000"),
        ("'5000", "5000"),
        ("=A1*2", "#ERROR!"),
    ],
)
def test_cells_have_the_types_that_google_gives_them(cell: str, value: object) -> None:
    found = unformatted(cell)

    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize("text", ["=1+1", "+1 555", "-", "@here", "'quoted", "", "plain", "\tx"])
def test_a_raw_text_comes_back_as_it_was(text: str) -> None:
    assert unformatted(raw(text)) == text
    assert formatted(raw(text)) == text


def test_what_a_person_types_may_be_a_formula() -> None:
    assert user_entered("=1+1") == "=1+1"
    assert raw("=1+1") == "'=1+1"
