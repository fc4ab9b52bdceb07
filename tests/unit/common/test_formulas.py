import pytest

from novalgo_common.formulas import harmless


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_what_a_spreadsheet_would_run_becomes_a_text(start: str) -> None:
    assert harmless(f"{start}HYPERLINK(1)") == f"'{start}HYPERLINK(1)"


@pytest.mark.parametrize("text", ["", "AAPL", "a=b", " =1", "2-3"])
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text
