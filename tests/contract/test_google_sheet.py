"""The adapter over gspread, against the simulated Google over a socket."""

import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from novalgo_sheets.google import LOOK_EVERY, GoogleSheet
from novalgo_sheets.quota import MOST
from novalgo_sheets.settings import Settings
from novalgo_sheets.sheet import Anchor, Block, Reading, SheetAwayError, Strip
from novalgo_simulator.google import structure
from novalgo_simulator.google.sheets import CREDENTIALS_FILE
from tests.simulated_google import RunningGoogle, running_google
from tests.waiting import until

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


OURS = [
    Anchor(name=name, column=3 + number, is_new=True)
    for number, name in enumerate(("Order Status", "Last Updated", "Reason"))
]


def a_block(text: str, *, row: int = 1, column: int = 0) -> Block:
    return Block(title="Performance", row=row, column=column, values=[[text]])


def a_strip(text: str, *, row: int = 1, anchor: str = "Order Status") -> Strip:
    return Strip(anchor=anchor, cells={row: text})


async def anchored(sheet: GoogleSheet, *others: str) -> Reading:
    """Return a reading of a spreadsheet whose columns of ours are held on to."""
    await sheet.anchor(await sheet.read(others), OURS)
    return await sheet.read(others)


def ask(google: RunningGoogle, kind: str, **body: object) -> None:
    """Do what a person does in the spreadsheet."""
    google.sheets.change(lambda tabs: structure.batch_update(tabs, [{kind: body}]))


def columns(google: RunningGoogle, start: int, end: int) -> dict[str, object]:
    tab = google.sheets.workbook.read()["Config"].sheet_id
    return {"sheetId": tab, "dimension": "COLUMNS", "startIndex": start, "endIndex": end}


def narrow(google: RunningGoogle, *, rows: int, columns: int) -> None:
    tab = google.sheets.workbook.read()["Performance"]
    grid = {"rowCount": rows, "columnCount": columns}
    request = {"properties": {"sheetId": tab.sheet_id, "gridProperties": grid}}
    google.sheets.change(
        lambda tabs: structure.batch_update(tabs, [{"updateSheetProperties": request}])
    )


async def test_cells_arrive_with_their_types(sheet: GoogleSheet) -> None:
    reading = await sheet.read(())

    assert reading.config.cells[1] == ["NAN", 5000, True]
    assert (reading.config.rows, reading.config.columns) == (1000, 26)


async def test_a_read_costs_one_request_and_the_first_one_two(
    sheet: GoogleSheet, google: RunningGoogle
) -> None:
    for _ in range(3):
        await sheet.read(())

    assert google.sheets.quota.taken("Read") == 4


async def test_the_performance_tab_is_made_where_it_is_missing(sheet: GoogleSheet) -> None:
    reading = await sheet.read({"Performance"})

    assert reading.others["Performance"].cells == []


async def test_blocks_of_both_tabs_are_one_request(
    sheet: GoogleSheet, google: RunningGoogle, tmp_path: Path
) -> None:
    await sheet.write(await anchored(sheet, "Performance"), [], [a_block("held from now on")])
    reading = await sheet.read({"Performance"})
    before = google.sheets.quota.taken("Write")

    await sheet.write(reading, [a_strip("FILLED")], [a_block("AAPL")])

    assert google.sheets.quota.taken("Write") - before == 1
    assert "NAN,5000,TRUE,FILLED\n" in (tmp_path / "sheet" / "Config.csv").read_text()


async def test_a_tab_too_small_is_made_larger(sheet: GoogleSheet, google: RunningGoogle) -> None:
    await sheet.read({"Performance"})
    narrow(google, rows=2, columns=3)
    reading = await sheet.read({"Performance"})

    await sheet.write(reading, [], [a_block("right", column=3), a_block("below", row=4)])

    tab = (await sheet.read({"Performance"})).others["Performance"]
    assert (tab.rows, tab.columns) == (5, 4)
    assert tab.cells[1] == ["", "", "", "right"]


async def test_a_text_is_never_a_formula(sheet: GoogleSheet) -> None:
    reading = await anchored(sheet)

    await sheet.write(reading, [a_strip("=1+1")], [])

    assert (await sheet.read(())).config.cells[1][3] == "=1+1"


async def test_a_spreadsheet_without_a_config_tab_says_so(
    sheet: GoogleSheet, tmp_path: Path
) -> None:
    (tmp_path / "sheet" / "Config.csv").rename(tmp_path / "sheet" / "Konfig.csv")

    with pytest.raises(SheetAwayError, match="no tab is named Config"):
        await sheet.read(())


@pytest.mark.parametrize(
    ("status", "words"),
    [(403, "share the spreadsheet"), (429, "quota"), (500, "Google answered 500")],
)
async def test_a_refusal_is_told_once_and_the_next_read_goes_well(
    sheet: GoogleSheet, google: RunningGoogle, status: int, words: str
) -> None:
    await sheet.read(())
    google.sheets.faults.refuse(status)

    with pytest.raises(SheetAwayError, match=words):
        await sheet.read(())

    assert (await sheet.read(())).config.cells


async def test_a_forgotten_token_is_renewed(sheet: GoogleSheet, google: RunningGoogle) -> None:
    await sheet.read(())
    google.sheets.tokens.revoke_all()

    with pytest.raises(SheetAwayError):
        await sheet.read(())

    assert (await sheet.read(())).config.cells


async def test_a_tab_deleted_meanwhile_is_made_again(sheet: GoogleSheet, tmp_path: Path) -> None:
    await sheet.read({"Performance"})
    (tmp_path / "sheet" / "Performance.csv").unlink()
    with pytest.raises(SheetAwayError):
        await sheet.read({"Performance"})

    assert (await sheet.read({"Performance"})).others


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
            assert (await sheet.read(())).config.cells


async def test_an_unknown_spreadsheet_names_the_setting(
    google: RunningGoogle, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, sheets_url=google.base_url, sheet_id="another")

    async with GoogleSheet.open(settings) as sheet:
        with pytest.raises(SheetAwayError, match="NOVALGO_SHEET_ID"):
            await sheet.read(())


async def test_a_simulator_that_is_not_up_yet_is_waited_for(tmp_path: Path) -> None:
    async with GoogleSheet.open(Settings(data_dir=tmp_path, simulator_port=1)) as sheet:
        with pytest.raises(SheetAwayError, match="is it running"):
            await sheet.read(())


async def test_columns_of_ours_are_inserted_and_cost_nobody_a_cell(
    sheet: GoogleSheet, google: RunningGoogle, tmp_path: Path
) -> None:
    path = tmp_path / "sheet" / "Config.csv"
    path.write_text("symbol,position_size,active\nNAN,5000,TRUE,a note without a header\n")

    reading = await anchored(sheet)

    assert reading.anchors == {"Order Status": 3, "Last Updated": 4, "Reason": 5}
    assert reading.config.cells[0][3:6] == ["Order Status", "Last Updated", "Reason"]
    assert reading.config.cells[1][6:] == ["a note without a header"]


@pytest.mark.parametrize(
    ("kind", "at"),
    [
        pytest.param("insertDimension", (0, 1), id="inserted before all"),
        pytest.param("insertDimension", (3, 5), id="two before ours"),
        pytest.param("deleteDimension", (0, 1), id="deleted before ours"),
    ],
)
async def test_a_column_that_a_person_moves_meanwhile_leads_no_write_astray(
    sheet: GoogleSheet, google: RunningGoogle, kind: str, at: tuple[int, int]
) -> None:
    reading = await anchored(sheet)
    ask(google, kind, range=columns(google, *at))
    before = (await sheet.read(())).config.cells[1]

    await sheet.write(reading, [a_strip("FILLED")], [])

    after = await sheet.read(())
    row, written_to = after.config.cells[1], after.anchors["Order Status"]
    assert row[written_to] == "FILLED"
    assert row[: len(before)] == before
    assert after.config.cells[0][written_to] == "Order Status"


async def test_a_column_of_ours_that_was_deleted_meanwhile_is_written_nowhere(
    sheet: GoogleSheet, google: RunningGoogle
) -> None:
    reading = await anchored(sheet)
    ask(google, "deleteDimension", range=columns(google, 3, 4))
    before = google.sheets.workbook.read()["Config"].cells

    with pytest.raises(SheetAwayError):
        await sheet.write(reading, [a_strip("FILLED")], [])

    assert google.sheets.workbook.read()["Config"].cells == before
    assert (await sheet.read(())).anchors.keys() == {"Last Updated", "Reason"}


def rename(google: RunningGoogle, title: str, to: str) -> None:
    tab = google.sheets.workbook.read()[title].sheet_id
    ask(google, "updateSheetProperties", properties={"sheetId": tab, "title": to}, fields="title")


async def read_again(sheet: GoogleSheet, *others: str) -> Reading:
    """Read; where a title has just changed, the first read fails and the second looks anew."""
    try:
        return await sheet.read(others)
    except SheetAwayError:
        return await sheet.read(others)


async def test_a_config_tab_that_a_person_renames_is_followed(
    sheet: GoogleSheet, google: RunningGoogle, tmp_path: Path
) -> None:
    await anchored(sheet)
    rename(google, "Config", "My charts")

    reading = await read_again(sheet)
    await sheet.write(reading, [a_strip("FILLED")], [])

    assert (reading.config.title, reading.config.cells[1][0]) == ("Config", "NAN")
    assert "NAN,5000,TRUE,FILLED\n" in (tmp_path / "sheet" / "My charts.csv").read_text()


async def test_a_tab_that_was_written_is_followed_under_another_title_and_over_a_restart(
    sheet: GoogleSheet, google: RunningGoogle, tmp_path: Path
) -> None:
    await sheet.write(await anchored(sheet, "Performance"), [], [a_block("AAPL")])
    rename(google, "Performance", "How it went")
    reading = await read_again(sheet, "Performance")
    settings = Settings(data_dir=tmp_path, simulator_port=google.port)

    async with GoogleSheet.open(settings) as anew:
        again = await anew.read({"Performance"})
        await anew.write(again, [], [a_block("MSFT", row=2)])

    assert reading.others["Performance"].cells == again.others["Performance"].cells
    assert (tmp_path / "sheet" / "How it went.csv").read_text() == "\nAAPL\nMSFT\n"
    assert not (tmp_path / "sheet" / "Performance.csv").exists()


async def test_a_config_tab_with_the_title_of_another_is_not_written_over(
    sheet: GoogleSheet, google: RunningGoogle
) -> None:
    await anchored(sheet)
    rename(google, "Config", "Performance")
    before = google.sheets.workbook.read()["Performance"].cells

    reading = await read_again(sheet, "Performance")
    with pytest.raises(SheetAwayError):
        await sheet.write(reading, [], [a_block("AAPL")])

    assert reading.config.cells[1][0] == "NAN"
    assert reading.others == {}
    assert google.sheets.workbook.read()["Performance"].cells == before


async def test_a_tab_is_found_in_any_capitals(sheet: GoogleSheet, tmp_path: Path) -> None:
    (tmp_path / "sheet" / "Config.csv").rename(tmp_path / "sheet" / "CONFIG.csv")

    assert (await sheet.read(())).config.cells[1][0] == "NAN"


async def test_a_tab_that_is_added_is_noticed_within_a_minute(
    google: RunningGoogle, tmp_path: Path
) -> None:
    passed = 0.0
    sheet = GoogleSheet(
        Settings(data_dir=tmp_path, simulator_port=google.port), seconds=lambda: passed
    )
    await sheet.read({"Risk"})
    (tmp_path / "sheet" / "Risk.csv").write_text("HALT\nTRUE\n")
    passed = LOOK_EVERY

    reading = await sheet.read({"Risk"})

    assert reading.others["Risk"].cells == [["HALT"], [True]]
    await sheet.close()


async def test_whatever_happens_a_minute_has_no_more_requests_than_the_quota(
    google: RunningGoogle, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, simulator_port=google.port)
    async with GoogleSheet.open(settings) as sheet:
        for _ in range(MOST - 1):
            await sheet.read(())
        with pytest.raises(SheetAwayError, match="our own share") as refused:
            await sheet.read(())

    assert google.sheets.quota.taken("Read") <= 60
    assert 0 < refused.value.retry_after <= 60


async def test_closing_leaves_no_thread_behind(google: RunningGoogle, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, simulator_port=google.port)
    async with GoogleSheet.open(settings) as sheet:
        await sheet.read(())

    await until(lambda: not [each for each in threading.enumerate() if "google" in each.name])


async def test_a_page_in_the_place_of_an_answer_is_a_failure_like_any_other(
    sheet: GoogleSheet, google: RunningGoogle
) -> None:
    await sheet.read(())
    google.sheets.faults.refuse(502, page=True, retry_after="7")

    with pytest.raises(SheetAwayError, match="Google answered 502") as away:
        await sheet.read(())

    assert away.value.retry_after == 7
    assert (await sheet.read(())).config.cells


async def test_an_answer_that_does_not_come_is_given_up(
    sheet: GoogleSheet, google: RunningGoogle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("novalgo_sheets.google.TIMEOUT", (1, 0.2))
    google.sheets.faults.delay(5)

    with pytest.raises(SheetAwayError, match="cannot be reached"):
        await sheet.read(())


@pytest.mark.parametrize("status", [403, 404])
async def test_access_that_is_gone_for_good_is_told_and_asked_for_again(
    sheet: GoogleSheet, google: RunningGoogle, status: int
) -> None:
    await sheet.read(())
    google.sheets.faults.refuse(status, times=2)
    for _ in range(2):
        with pytest.raises(SheetAwayError, match=r"share the spreadsheet|NOVALGO_SHEET_ID"):
            await sheet.read(())

    assert (await sheet.read(())).config.cells
