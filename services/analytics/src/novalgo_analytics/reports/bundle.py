"""A report as files: the page, its charts, and its tables as CSV."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from novalgo_analytics.charts.all_of_them import charts
from novalgo_analytics.exports.csv_file import csv_file
from novalgo_analytics.exports.tables import TABLES
from novalgo_analytics.reports.page import page
from novalgo_analytics.reports.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A written report."""

    report: Report
    html: bytes
    charts: Mapping[str, bytes]
    """PNG, by name."""
    tables: Mapping[str, bytes]
    """CSV, by name."""

    def files(self) -> dict[str, bytes]:
        """Return everything by the name of its file."""
        return {
            "report.html": self.html,
            **{f"{name}.png": content for name, content in self.charts.items()},
            **{f"{name}.csv": content for name, content in self.tables.items()},
        }


def bundle(report: Report) -> Bundle:
    """Write the report.  It takes seconds, and a thread."""
    drawn = charts(report)
    return Bundle(
        report=report,
        html=page(report, drawn).encode(),
        charts=drawn,
        tables={name: csv_file(table(report)) for name, table in TABLES.items()},
    )


def zipped(written: Bundle) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, content in written.files().items():
            archive.writestr(name, content)
    return buffer.getvalue()
