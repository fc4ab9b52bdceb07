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


def ask(google: Google, kind: str, **body: object) -> None:
    google.book.batch_update({"requests": [{kind: body}]})


def columns(google: Google, start: int, end: int) -> dict[str, object]:
    return {
        "sheetId": google.config.id,
        "dimension": "COLUMNS",
        "startIndex": start,
        "endIndex": end,
    }


@pytest.fixture
def named(checked: Google) -> Google:
    """A spreadsheet with a name for the whole column of sizes."""
    where = {"sheetId": checked.config.id, "startColumnIndex": 1, "endColumnIndex": 2}
    ask(checked, "addNamedRange", namedRange={"name": "Sizes", "range": where})
    return checked


def where_sizes_are(google: Google) -> str:
    return str(google.book.values_get("Sizes")["range"])


def test_a_named_range_is_read_and_written_by_its_name(named: Google) -> None:
    body = {"majorDimension": "COLUMNS", "values": [[None, None, 99]]}

    named.book.values_update("Sizes", {"valueInputOption": "RAW"}, body)

    assert where_sizes_are(named) == "Config!B1:B1000"
    assert named.book.values_get("Sizes")["values"] == [["position_size"], ["5000"], ["99"]]


@pytest.mark.parametrize(
    ("kind", "at", "found"),
    [
        pytest.param("insertDimension", (0, 2), "Config!D1:D1000", id="inserted before"),
        pytest.param("insertDimension", (2, 3), "Config!B1:B1000", id="inserted behind"),
        pytest.param("deleteDimension", (0, 1), "Config!A1:A1000", id="deleted before"),
    ],
)
def test_a_named_range_moves_with_its_column(
    named: Google, kind: str, at: tuple[int, int], found: str
) -> None:
    ask(named, kind, range=columns(named, *at))

    assert where_sizes_are(named) == found


def test_a_named_range_follows_a_column_that_is_moved(named: Google) -> None:
    ask(named, "moveDimension", source=columns(named, 1, 2), destinationIndex=4)

    assert where_sizes_are(named) == "Config!D1:D1000"
    assert named.csv().splitlines()[0] == "symbol,active,Time Frame,position_size"


def test_a_named_range_goes_with_its_column(named: Google) -> None:
    ask(named, "deleteDimension", range=columns(named, 1, 2))

    with pytest.raises(gspread.exceptions.APIError, match="Unable to parse range: Sizes"):
        named.book.values_get("Sizes")


def test_a_named_range_can_be_moved_by_its_id_and_taken_away(named: Google) -> None:
    metadata = named.book.fetch_sheet_metadata()
    [[range_id]] = [[each["namedRangeId"]] for each in metadata["namedRanges"]]
    where = {"sheetId": named.config.id, "startColumnIndex": 2, "endColumnIndex": 3}

    moved = {"namedRangeId": range_id, "name": "Sizes", "range": where}
    ask(named, "updateNamedRange", namedRange=moved, fields="range")
    assert where_sizes_are(named) == "Config!C1:C1000"
    ask(named, "deleteNamedRange", namedRangeId=range_id)

    assert named.book.fetch_sheet_metadata()["namedRanges"] == []


def test_an_edit_of_the_file_that_moves_a_column_moves_its_name(named: Google) -> None:
    named.edit("notes,symbol,position_size\n,AAPL,5000\n")

    assert where_sizes_are(named) == "Config!C1:C1000"


def test_what_dresses_a_tab_outlasts_a_restart(named: Google) -> None:
    settings = SimulatorSettings(data_dir=named.directory)

    [again] = SimulatedSheets.open(settings).workbook.read()["Config"].dress.named

    assert again == "Sizes"


def test_a_sort_moves_rows_and_a_filter_hides_none_from_the_api(checked: Google) -> None:
    where = {"sheetId": checked.config.id, "startRowIndex": 1, "endRowIndex": 3}
    specs = [{"dimensionIndex": 0, "sortOrder": "DESCENDING"}]

    ask(checked, "setBasicFilter", filter={"range": where})
    ask(checked, "sortRange", range=where, sortSpecs=specs)

    assert [row[0] for row in checked.config.get_all_values()] == ["symbol", "NAN", "AAPL"]


def test_a_renamed_tab_keeps_its_id(checked: Google) -> None:
    number = checked.config.id

    checked.config.update_title("Konfig")

    assert checked.book.worksheet("Konfig").id == number
    assert checked.csv("Konfig") == CONFIG


def test_cells_of_named_types_are_written_with_their_notes(checked: Google) -> None:
    start = {"sheetId": checked.config.id, "rowIndex": 3, "columnIndex": 0}
    values = [
        {"userEnteredValue": {"stringValue": "=1+1"}, "note": "mind"},
        {"userEnteredValue": {"numberValue": 7}},
        {"userEnteredValue": {"boolValue": True}},
    ]

    fields = "userEnteredValue,note"
    ask(checked, "updateCells", start=start, rows=[{"values": values}], fields=fields)

    unformatted = ValueRenderOption.unformatted
    row = checked.config.get("A4:C4", value_render_option=unformatted)
    assert row == [["=1+1", 7, True]]
    assert checked.sheets.workbook.read()["Config"].dress.notes == {"3,0": "mind"}
