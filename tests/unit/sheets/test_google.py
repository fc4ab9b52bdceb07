"""The edges of the adapter that need no server: A1 notation, and failures in words."""

import json
from typing import Any

import pytest
import requests
from google.auth.exceptions import RefreshError, TransportError

from novalgo_sheets.google_errors import failed, passes_by_itself, refused
from novalgo_sheets.google_grid import LARGEST, as_grid, as_value_range, column_letters
from novalgo_sheets.sheet import Block


@pytest.mark.parametrize(
    ("range_", "rows", "columns"),
    [
        ("Config!A1:Z1000", 1000, 26),
        ("'My tab'!A1:AB12", 12, 28),
        ("Config!A1", 1, 1),
        ("Config", LARGEST, LARGEST),
    ],
)
def test_the_answer_names_the_size_of_the_tab(range_: str, rows: int, columns: int) -> None:
    grid = as_grid("Config", {"range": range_})

    assert (grid.rows, grid.columns, grid.cells) == (rows, columns, [])


def test_a_block_is_written_to_explicit_corners() -> None:
    block = Block(title="Bob's", row=1, column=26, values=[["a", "b"], ["c", "d"]])

    assert as_value_range(block, "Bob's")["range"] == "'Bob''s'!AA2:AB3"


@pytest.mark.parametrize(("column", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ")])
def test_columns_have_letters(column: int, letters: str) -> None:
    assert column_letters(column) == letters


def a_google_error(kind: Any, **options: bool) -> Exception:
    error: Exception = kind("made-up", **options)
    return error


def an_answer(status: int, **headers: str) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return response


@pytest.mark.parametrize(
    ("status", "words"),
    [(403, "share the spreadsheet"), (404, "NOVALGO_SHEET_ID"), (429, "quota"), (502, "502")],
)
def test_a_refusal_says_what_to_do(status: int, words: str) -> None:
    assert words in str(refused(an_answer(status)))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("17", 17.0), ("Wed, 11 Nov 2026 17:00:00 GMT", 0.0), ("-1", 0.0), ("soon", 0.0)],
)
def test_the_servers_own_wait_is_kept(header: str, seconds: float) -> None:
    assert refused(an_answer(429, Retry_After=header)).retry_after == seconds


def test_a_wait_by_date_is_told_by_the_servers_own_clock() -> None:
    answer = an_answer(
        503,
        Retry_After="Wed, 11 Nov 2026 17:00:30 GMT",
        Date="Wed, 11 Nov 2026 17:00:00 GMT",
    )

    assert refused(answer).retry_after == 30.0


def test_an_api_that_is_switched_off_is_another_refusal_than_a_sheet_that_is_not_shared() -> None:
    answer = an_answer(403)
    answer._content = b'{"error": {"code": 403, "status": "SERVICE_DISABLED"}}'

    assert "switch the Google Sheets API on" in str(refused(answer))


def test_only_what_may_have_changed_for_good_needs_a_new_connection() -> None:
    passing = [status for status in (400, 401, 403, 404, 429, 500, 503)
               if passes_by_itself(an_answer(status))]  # fmt: skip

    assert passing == [429, 500, 503]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (requests.ReadTimeout("https://made-up"), "cannot be reached (ReadTimeout)"),
        (a_google_error(TransportError), "cannot be reached (TransportError)"),
        (a_google_error(RefreshError), "refuses the service account"),
        (a_google_error(RefreshError, retryable=True), "cannot be reached (RefreshError)"),
        (FileNotFoundError("made-up"), "file cannot be read (FileNotFoundError)"),
        (json.JSONDecodeError("made-up", "", 0), "is not JSON"),
        (KeyError("made-up"), "makes no sense (KeyError)"),
    ],
)
def test_a_failure_is_told_without_its_own_text(error: Exception, words: str) -> None:
    told = str(failed(error))

    assert words in told
    assert "made-up" not in told
