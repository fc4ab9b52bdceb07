"""Exports that a spreadsheet opens and never runs."""

import csv
import sys
from datetime import timedelta
from decimal import Decimal
from io import BytesIO, StringIO

import pandas as pd
import pytest

from novalgo_analytics.exports.csv_file import cell_text, csv_file
from novalgo_analytics.exports.parquet_file import parquet_file
from novalgo_analytics.exports.tables import Cell
from novalgo_common.errors import SettingsError
from tests.builders import NOON


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        pytest.param("=HYPERLINK(1)", "'=HYPERLINK(1)", id="a formula is a text"),
        pytest.param("@SUM(A1)", "'@SUM(A1)", id="so is one of the old kind"),
        pytest.param("-2+3", "'-2+3", id="and what begins like a number"),
        pytest.param("\tx", "'\tx", id="and what hides behind a tab"),
        pytest.param("AAPL", "AAPL", id="a word stays as it is"),
        pytest.param(Decimal("-12.50"), "-12.50", id="a loss is a number"),
        pytest.param(Decimal("1E+3"), "1000", id="never in powers of ten"),
        pytest.param(NOON, "2026-11-11T17:00:00Z", id="a time is UTC"),
        pytest.param(NOON.date(), "2026-11-11", id="a day"),
        pytest.param(None, "", id="what is not known is empty"),
    ],
)
def test_a_cell(cell: Cell, text: str) -> None:
    assert cell_text(cell) == text


SOME = (
    ("symbol", "amount", "at"),
    [("AAPL", Decimal("1.5"), NOON), ('=cmd|"/c calc"', None, NOON + timedelta(days=1))],
)


def test_a_file_reads_back_as_it_was_written() -> None:
    rows = list(csv.reader(StringIO(csv_file(*SOME).decode())))

    assert rows == [
        ["symbol", "amount", "at"],
        ["AAPL", "1.5", "2026-11-11T17:00:00Z"],
        ['\'=cmd|"/c calc"', "", "2026-11-12T17:00:00Z"],
    ]


def test_parquet_keeps_the_amounts_exact() -> None:
    frame = pd.read_parquet(BytesIO(parquet_file(*SOME)))

    assert list(frame["amount"])[:1] == ["1.5"]
    assert pd.isna(frame["amount"][1])
    assert frame["at"][0] == NOON


def test_without_pyarrow_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(SettingsError, match=r"novalgo-analytics\[parquet\]"):
        parquet_file(*SOME)
