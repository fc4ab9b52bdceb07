"""The simulated Sheets, through the real gspread over a socket.

Every exchange is checked against Google's own description of the API.
"""

import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import gspread
import pytest
import requests
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import RefreshError
from gspread.utils import ValueRenderOption

from novalgo_common.clock import utc_now
from novalgo_sheets.google_session import authorized_session
from novalgo_simulator.google.quota import Quota
from novalgo_simulator.google.sheets import CREDENTIALS_FILE, SPREADSHEET_ID, SimulatedSheets
from novalgo_simulator.settings import SimulatorSettings
from tests.builders import NOON
from tests.contract.sheets_discovery import Discovery
from tests.simulated_google import running_google

CONFIG = "symbol,position_size,active,Time Frame\nAAPL,5000,TRUE,15 Min\nNAN,750.5,FALSE,1 Day\n"


@dataclass
class Google:
    """The simulator, its files, and a gspread client as production makes it."""

    sheets: SimulatedSheets
    directory: Path
    base_url: str
    client: gspread.Client = field(init=False)

    def __post_init__(self) -> None:
        account = json.loads((self.directory / CREDENTIALS_FILE).read_text())
        session = authorized_session(account, self.base_url)
        self.client = gspread.Client(AnonymousCredentials(), session)  # type: ignore[no-untyped-call]
        self.client.set_timeout((3, 10))

    def close(self) -> None:
        self.client.http_client.session.close()

    @property
    def book(self) -> gspread.Spreadsheet:
        return self.client.open_by_key(SPREADSHEET_ID)

    @property
    def config(self) -> gspread.Worksheet:
        return self.book.worksheet("Config")

    def csv(self, title: str = "Config") -> str:
        return (self.directory / "sheet" / f"{title}.csv").read_text()

    def edit(self, text: str, title: str = "Config") -> None:
        (self.directory / "sheet" / f"{title}.csv").write_text(text)


@pytest.fixture
def quota() -> Quota:
    return Quota()


@pytest.fixture
def google(tmp_path: Path, quota: Quota) -> Iterator[Google]:
    with running_google(tmp_path, quota=quota) as running:
        google = Google(running.sheets, tmp_path, running.base_url)
        yield google
        google.close()


@pytest.fixture
def checked(google: Google) -> Google:
    """The same, with each exchange held against Google's description where it is at hand."""
    discovery = Discovery.found()

    def check(response: requests.Response, *_: object, **__: object) -> None:
        if discovery is not None and response.ok:
            body = response.request.body
            sent = json.loads(body) if body else None
            discovery.check(
                str(response.request.method), str(response.request.url), sent, response.json()
            )

    google.client.http_client.session.hooks["response"].append(check)
    google.edit(CONFIG)
    return google


def test_the_exchanges_are_held_against_googles_description() -> None:
    if Discovery.found() is None and not os.environ.get("CI"):
        pytest.skip("Google's discovery document is not beside the checkout")

    assert Discovery.found() is not None


def test_a_first_start_leaves_example_rows_to_edit(google: Google) -> None:
    header, *rows = google.config.get_all_values()

    assert header[:4] == ["symbol", "position_size", "active", "Time Frame"]
    assert ["AAPL", "5000", "TRUE", "15 Min"] in [row[:4] for row in rows]
    assert "FALSE" in [row[2] for row in rows]


def test_a_start_keeps_the_tabs_that_are_there(tmp_path: Path) -> None:
    settings = SimulatorSettings(data_dir=tmp_path)
    SimulatedSheets.open(settings)
    (tmp_path / "sheet" / "Config.csv").write_text(CONFIG)

    SimulatedSheets.open(settings)

    assert (tmp_path / "sheet" / "Config.csv").read_text() == CONFIG


def test_only_the_owner_can_read_the_credentials(google: Google) -> None:
    mode = (google.directory / CREDENTIALS_FILE).stat().st_mode

    assert stat.S_IMODE(mode) == 0o600


def test_a_restart_keeps_the_key_so_that_clients_can_renew_their_token(tmp_path: Path) -> None:
    settings = SimulatorSettings(data_dir=tmp_path)

    first, second = (SimulatedSheets.open(settings).account.key for _ in range(2))

    assert first.private_numbers() == second.private_numbers()


def test_an_assertion_of_another_key_gets_no_token(google: Google, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    SimulatedSheets.open(SimulatorSettings(data_dir=stranger))
    path = stranger / CREDENTIALS_FILE
    token_uri = f"{google.base_url}/token"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"token_uri": token_uri}))

    intruder = Google(google.sheets, stranger, google.base_url)

    with pytest.raises(RefreshError, match="invalid_grant"):
        intruder.client.open_by_key(SPREADSHEET_ID)
    intruder.close()


def test_a_token_that_the_server_has_forgotten_is_refused(google: Google) -> None:
    worksheet = google.config
    google.sheets.tokens.revoke_all()

    with pytest.raises(gspread.exceptions.APIError) as refused:
        worksheet.acell("A1")

    assert refused.value.code == 401


def test_a_request_without_a_token_is_refused_in_googles_words(google: Google) -> None:
    answer = requests.get(f"{google.base_url}/v4/spreadsheets/{SPREADSHEET_ID}", timeout=5)

    assert answer.status_code == 401
    assert answer.json()["error"]["status"] == "UNAUTHENTICATED"


def test_an_edit_of_the_file_is_seen_by_the_next_read(checked: Google) -> None:
    worksheet = checked.config

    checked.edit(CONFIG.replace("5000", "6000"))

    assert worksheet.acell("B2").value == "6000"


def test_unformatted_values_have_their_types_and_tickers_stay_texts(checked: Google) -> None:
    values = checked.config.get("A2:D", value_render_option=ValueRenderOption.unformatted)

    assert values == [["AAPL", 5000, True, "15 Min"], ["NAN", 750.5, False, "1 Day"]]


def test_blanks_at_the_end_are_left_out(checked: Google) -> None:
    checked.edit("a,b,,\n,,,\nc,,,\n,,,\n")

    found = checked.book.values_get("Config")

    assert found["values"] == [["a", "b"], [], ["c"]]
    assert found["range"] == "Config!A1:Z1000"


def test_an_empty_tab_has_no_values_at_all(checked: Google) -> None:
    checked.edit("")

    assert "values" not in checked.book.values_get("Config!A1:C3")


def test_several_ranges_of_several_tabs_are_written_in_one_request(checked: Google) -> None:
    checked.book.add_worksheet("Performance", rows=100, cols=10)

    answer = checked.book.values_batch_update(
        {
            "valueInputOption": "RAW",
            "data": [
                {"range": "Config!E2:F2", "values": [["FILLED", "2026-11-11T09:00:00-08:00"]]},
                {"range": "'Performance'!A1", "values": [["symbol", "total_trades"], ["AAPL", 3]]},
            ],
        }
    )

    assert answer["totalUpdatedCells"] == 6
    assert "AAPL,5000,TRUE,15 Min,FILLED,2026-11-11T09:00:00-08:00\n" in checked.csv()
    assert checked.csv("Performance") == "symbol,total_trades\nAAPL,3\n"


def test_a_request_with_one_bad_range_changes_nothing(checked: Google) -> None:
    with pytest.raises(gspread.exceptions.APIError, match="Unable to parse range: Nowhere!A1"):
        checked.book.values_batch_update(
            {
                "valueInputOption": "RAW",
                "data": [
                    {"range": "Config!A2", "values": [["GONE"]]},
                    {"range": "Nowhere!A1", "values": [["x"]]},
                ],
            }
        )

    assert checked.csv() == CONFIG


def test_null_leaves_a_cell_and_an_empty_text_clears_it(checked: Google) -> None:
    checked.book.values_update(
        "Config!A2:C2", {"valueInputOption": "RAW"}, {"values": [[None, "", None]]}
    )

    assert checked.config.row_values(2) == ["AAPL", "", "TRUE", "15 Min"]


def test_appended_rows_come_after_the_last_one(checked: Google) -> None:
    checked.config.append_row(["TSLA", 3000, True, "45 Min"], table_range="A1")

    assert checked.config.row_values(4) == ["TSLA", "3000", "TRUE", "45 Min"]


def test_ranges_can_be_cleared(checked: Google) -> None:
    checked.config.batch_clear(["A3:D3"])
    checked.book.values_clear("Config!B2")

    assert checked.config.get_all_values()[1:] == [["AAPL", "", "TRUE", "15 Min"]]


def test_a_row_can_be_deleted_and_inserted(checked: Google) -> None:
    checked.config.delete_rows(2)
    checked.config.insert_row(["MSFT", 100, True, "5 Min"], index=2)

    assert [row[0] for row in checked.config.get_all_values()] == ["symbol", "MSFT", "NAN"]


def test_formats_and_notes_are_accepted(checked: Google) -> None:
    checked.config.format("A1:D1", {"textFormat": {"bold": True}})
    checked.config.insert_note("A2", "a note")

    assert checked.csv() == CONFIG


def test_writing_beyond_the_grid_is_refused_until_it_is_made_wider(checked: Google) -> None:
    worksheet = checked.config
    worksheet.resize(rows=10, cols=4)

    with pytest.raises(gspread.exceptions.APIError, match="exceeds grid limits"):
        worksheet.update([["Reason"]], "E1")
    worksheet.add_cols(1)
    worksheet.update([["Reason"]], "E1")

    assert worksheet.acell("E1").value == "Reason"


def test_a_text_that_starts_like_a_formula_stays_a_text(checked: Google) -> None:
    worksheet = checked.config
    texts = ["=1+1", "+cmd", "-cmd", "@here", "-5.20", "-$12.00", "'quoted"]

    worksheet.update([texts], "A5")

    assert "'=1+1,'+cmd,'-cmd,'@here,-5.20,-$12.00,''quoted" in checked.csv()
    assert worksheet.row_values(5) == texts


def test_a_formula_is_not_calculated_here(checked: Google) -> None:
    checked.edit("a\n=A1*2\n")

    assert checked.config.acell("A2").value == "#ERROR!"


def test_an_unknown_spreadsheet_is_not_found(google: Google) -> None:
    with pytest.raises(gspread.exceptions.SpreadsheetNotFound):
        google.client.open_by_key("another")


def test_a_forbidden_spreadsheet_is_a_permission_error(google: Google) -> None:
    google.sheets.faults.refuse(403)

    with pytest.raises(PermissionError):
        google.client.open_by_key(SPREADSHEET_ID)


def test_reads_beyond_the_quota_are_refused_and_writes_are_counted_apart(
    google: Google, quota: Quota
) -> None:
    worksheet = google.config
    while quota.taken("Read") < 60:
        quota.take("Read", utc_now())

    with pytest.raises(gspread.exceptions.APIError) as refused:
        worksheet.acell("A1")

    assert refused.value.code == 429
    assert refused.value.error["status"] == "RESOURCE_EXHAUSTED"
    worksheet.update([["symbol"]], "A1")


def test_the_quota_is_there_again_a_minute_later() -> None:
    quota = Quota(reads_per_minute=1)

    quota.take("Read", NOON)
    quota.take("Read", NOON + timedelta(minutes=1))
