"""`novalgo sheet init` through the real gspread, held against Google's own description."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from novalgo_cli.sheet.init import chosen
from novalgo_common.errors import SettingsError
from novalgo_sheets.config_tab import ConfigTab, read_config
from novalgo_sheets.google import GoogleSheet
from novalgo_sheets.headers import OPTIONAL, OWNED
from novalgo_sheets.layout import BOARDS
from novalgo_sheets.settings import Settings
from tests.contract.sheets_discovery import Discovery
from tests.simulated_google import RunningGoogle, running_google

pytestmark = pytest.mark.anyio


@pytest.fixture
def google(tmp_path: Path) -> Iterator[RunningGoogle]:
    (tmp_path / "sheet").mkdir()
    (tmp_path / "sheet" / "Sheet1.csv").touch()
    with running_google(tmp_path) as running:
        yield running


@dataclass
class Watched:
    """A sheet whose every exchange is held against Google's description where it is at hand."""

    sheet: GoogleSheet
    sent: list[Any] = field(default_factory=list)

    def watch(self, response: requests.Response, *_: object, **__: object) -> None:
        discovery, body = Discovery.found(), response.request.body
        sent = json.loads(body) if body else None
        self.sent.append(sent)
        if discovery is not None and response.ok:
            method, url = str(response.request.method), str(response.request.url)
            discovery.check(method, url, sent, response.json())


@pytest.fixture
async def watched(google: RunningGoogle, tmp_path: Path) -> AsyncIterator[Watched]:
    async with GoogleSheet.open(Settings(data_dir=tmp_path, simulator_port=google.port)) as sheet:
        watched = Watched(sheet)
        connected = sheet._connected

        def hooked() -> Any:
            connection = connected()
            hooks = connection.client.session.hooks["response"]
            if watched.watch not in hooks:
                hooks.append(watched.watch)
            return connection

        sheet._connected = hooked  # type: ignore[method-assign]
        yield watched


def cells(directory: Path, title: str) -> str:
    return (directory / "sheet" / f"{title}.csv").read_text()


async def test_both_tabs_come_from_nothing_and_can_be_traded_by(
    watched: Watched, tmp_path: Path
) -> None:
    made = await watched.sheet.lay_out(chosen())

    reading = await watched.sheet.read({"Performance"})
    tab = read_config(reading.config.cells)
    assert made == ["Config", "Performance"]
    assert isinstance(tab, ConfigTab)
    assert [(row.symbol, row.active) for row in tab.config()] == [("AAPL", False)]
    assert dict(reading.anchors) == dict(tab.columns.owned)
    assert reading.anchors.keys() == set(OWNED)
    assert cells(tmp_path, "Performance").startswith("symbol,total_trades")


async def test_every_column_and_tab_can_be_had_at_once(watched: Watched, tmp_path: Path) -> None:
    made = await watched.sheet.lay_out(chosen("all", "all"))

    header = cells(tmp_path, "Config").splitlines()[0].split(",")
    assert made == ["Config", "Performance", *BOARDS]
    assert header[8:] == list(OPTIONAL)
    assert cells(tmp_path, "Risk").startswith("HALT,,item")


async def test_a_second_run_touches_nothing(
    watched: Watched, google: RunningGoogle, tmp_path: Path
) -> None:
    await watched.sheet.lay_out(chosen("all", "all"))
    (tmp_path / "sheet" / "Config.csv").write_text("mine\n")
    before, writes = google.sheets.workbook.read(), google.sheets.quota.taken("Write")

    made = await watched.sheet.lay_out(chosen("all", "all"))

    assert made == []
    assert google.sheets.workbook.read() == before
    assert google.sheets.quota.taken("Write") == writes


async def test_an_empty_tab_of_the_name_is_filled_and_keeps_its_id(
    watched: Watched, google: RunningGoogle, tmp_path: Path
) -> None:
    (tmp_path / "sheet" / "Config.csv").touch()
    number = google.sheets.workbook.read()["Config"].sheet_id

    await watched.sheet.lay_out(chosen())

    assert google.sheets.workbook.read()["Config"].sheet_id == number
    assert cells(tmp_path, "Config").startswith("symbol,position_size,active")


async def test_a_person_finds_boxes_to_tick_lists_to_choose_from_and_a_header_that_stays(
    watched: Watched, google: RunningGoogle
) -> None:
    await watched.sheet.lay_out(chosen("sizing", "risk"))

    tabs = google.sheets.workbook.read()
    rules = [rule["setDataValidation"] for rule in tabs["Config"].dress.rules
             if "setDataValidation" in rule]  # fmt: skip
    kinds = {each["range"]["startColumnIndex"]: each["rule"]["condition"]["type"] for each in rules}
    assert kinds == {2: "BOOLEAN", 3: "ONE_OF_LIST", 8: "ONE_OF_LIST"}
    assert tabs["Config"].dress.frozen_rows == 1
    assert int(tabs["Config"].dress.widths["6"]) > 300
    assert "Reason asks for it" in tabs["Config"].dress.notes["0,7"]
    [tick] = [rule for rule in tabs["Risk"].dress.rules if "setDataValidation" in rule]
    assert tick["setDataValidation"]["range"]["startRowIndex"] == 1


async def test_all_of_it_is_one_request_or_none(watched: Watched, google: RunningGoogle) -> None:
    await watched.sheet.titles()
    before = google.sheets.quota.taken("Write")

    await watched.sheet.lay_out(chosen("all", "all"))

    assert google.sheets.quota.taken("Write") - before == 1


@pytest.mark.parametrize(("columns", "tabs"), [("colour", ""), ("", "weather")])
def test_an_unknown_name_is_refused_with_those_that_there_are(columns: str, tabs: str) -> None:
    with pytest.raises(SettingsError, match=r"none of (sizing|Risk), "):
        chosen(columns, tabs)
