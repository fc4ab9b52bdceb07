"""The adapter over gspread, against the simulated Google over a socket."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from novalgo_sheets.google import GoogleSheet
from novalgo_sheets.settings import Settings
from novalgo_sheets.sheet import Block, SheetAwayError
from novalgo_simulator.google import structure
from novalgo_simulator.google.sheets import CREDENTIALS_FILE
from tests.simulated_google import RunningGoogle, running_google

pytestmark = pytest.mark.anyio

CONFIG = "symbol,position_size,active\nNAN,5000,TRUE\n"


@pytest.fixture
def google(tmp_path: Path) -> Iterator[RunningGoogle]:
    with running_google(tmp_path) as running:
        (tmp_path / "sheet" / "Config.csv").write_text(CONFIG)
        yield running


@pytest.fixture
async def sheet(google: RunningGoogle, tmp_path: Path) -> AsyncIterator[GoogleSheet]:
    settings = Settings(data_dir=tmp_path, simulator_port=google.port)
    async with GoogleSheet.open(settings) as sheet:
        yield sheet


def a_block(text: str, *, title: str = "Config", row: int = 1, column: int = 3) -> Block:
    return Block(title=title, row=row, column=column, values=[[text]])


def narrow(google: RunningGoogle, *, rows: int, columns: int) -> None:
    tab = google.sheets.workbook.read()["Config"]
    grid = {"rowCount": rows, "columnCount": columns}
    request = {"properties": {"sheetId": tab.sheet_id, "gridProperties": grid}}
    google.sheets.change(
        lambda tabs: structure.batch_update(tabs, [{"updateSheetProperties": request}])
    )


async def test_cells_arrive_with_their_types(sheet: GoogleSheet) -> None:
    reading = await sheet.read(with_performance=False)

    assert reading.config.cells[1] == ["NAN", 5000, True]
    assert (reading.config.rows, reading.config.columns) == (1000, 26)


async def test_a_read_costs_one_request_and_the_first_one_two(
    sheet: GoogleSheet, google: RunningGoogle
) -> None:
    for _ in range(3):
        await sheet.read(with_performance=False)

    assert google.sheets.quota.taken("Read") == 4


async def test_the_performance_tab_is_made_where_it_is_missing(sheet: GoogleSheet) -> None:
    reading = await sheet.read(with_performance=True)

    assert reading.performance is not None
    assert reading.performance.cells == []


async def test_blocks_of_both_tabs_are_one_request(
    sheet: GoogleSheet, google: RunningGoogle, tmp_path: Path
) -> None:
    reading = await sheet.read(with_performance=True)
    before = google.sheets.quota.taken("Write")

    await sheet.write(reading, [a_block("FILLED"), a_block("AAPL", title="Performance", column=0)])

    assert google.sheets.quota.taken("Write") - before == 1
    assert "NAN,5000,TRUE,FILLED\n" in (tmp_path / "sheet" / "Config.csv").read_text()


async def test_a_tab_too_small_is_made_larger(sheet: GoogleSheet, google: RunningGoogle) -> None:
    narrow(google, rows=2, columns=3)
    reading = await sheet.read(with_performance=False)

    await sheet.write(reading, [a_block("FILLED"), a_block("below", row=4, column=0)])

    config = (await sheet.read(with_performance=False)).config
    assert (config.rows, config.columns) == (5, 4)
    assert config.cells[1] == ["NAN", 5000, True, "FILLED"]


async def test_a_text_is_never_a_formula(sheet: GoogleSheet) -> None:
    reading = await sheet.read(with_performance=False)

    await sheet.write(reading, [a_block("=1+1")])

    assert (await sheet.read(with_performance=False)).config.cells[1][3] == "=1+1"


async def test_a_spreadsheet_without_a_config_tab_says_so(
    sheet: GoogleSheet, tmp_path: Path
) -> None:
    (tmp_path / "sheet" / "Config.csv").rename(tmp_path / "sheet" / "Konfig.csv")

    with pytest.raises(SheetAwayError, match="no tab named Config"):
        await sheet.read(with_performance=False)


@pytest.mark.parametrize(
    ("status", "words"),
    [(403, "share the spreadsheet"), (429, "quota"), (500, "Google answered 500")],
)
async def test_a_refusal_is_told_once_and_the_next_read_goes_well(
    sheet: GoogleSheet, google: RunningGoogle, status: int, words: str
) -> None:
    await sheet.read(with_performance=False)
    google.sheets.faults.refuse(status)

    with pytest.raises(SheetAwayError, match=words):
        await sheet.read(with_performance=False)

    assert (await sheet.read(with_performance=False)).config.cells


async def test_a_forgotten_token_is_renewed(sheet: GoogleSheet, google: RunningGoogle) -> None:
    await sheet.read(with_performance=False)
    google.sheets.tokens.revoke_all()

    with pytest.raises(SheetAwayError):
        await sheet.read(with_performance=False)

    assert (await sheet.read(with_performance=False)).config.cells


async def test_a_tab_deleted_meanwhile_is_made_again(sheet: GoogleSheet, tmp_path: Path) -> None:
    await sheet.read(with_performance=True)
    (tmp_path / "sheet" / "Performance.csv").unlink()
    with pytest.raises(SheetAwayError):
        await sheet.read(with_performance=True)

    assert (await sheet.read(with_performance=True)).performance is not None


async def test_the_account_can_be_a_file_or_its_content(
    google: RunningGoogle, tmp_path: Path
) -> None:
    path = tmp_path / CREDENTIALS_FILE
    for given in (str(path), path.read_text()):
        settings = Settings.from_env(
            {
                "NOVALGO_SHEETS_URL": google.base_url,
                "NOVALGO_SHEET_ID": "simulated",
                "NOVALGO_GOOGLE_CREDENTIALS": given,
            }
        )
        async with GoogleSheet.open(settings) as sheet:
            assert (await sheet.read(with_performance=False)).config.cells


async def test_an_unknown_spreadsheet_names_the_setting(
    google: RunningGoogle, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, sheets_url=google.base_url, sheet_id="another")

    async with GoogleSheet.open(settings) as sheet:
        with pytest.raises(SheetAwayError, match="NOVALGO_SHEET_ID"):
            await sheet.read(with_performance=False)


async def test_a_simulator_that_is_not_up_yet_is_waited_for(tmp_path: Path) -> None:
    async with GoogleSheet.open(Settings(data_dir=tmp_path, simulator_port=1)) as sheet:
        with pytest.raises(SheetAwayError, match="is it running"):
            await sheet.read(with_performance=False)
