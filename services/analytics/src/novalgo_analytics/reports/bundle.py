"""A report as files: the page and its charts."""

from collections.abc import Mapping
from dataclasses import dataclass

from novalgo_analytics.charts.all_of_them import charts
from novalgo_analytics.reports.page import page
from novalgo_analytics.reports.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A written report."""

    report: Report
    html: bytes
    charts: Mapping[str, bytes]
    """PNG, by name."""

    def files(self) -> dict[str, bytes]:
        """Return everything by the name of its file."""
        return {
            "report.html": self.html,
            **{f"{name}.png": content for name, content in self.charts.items()},
        }


def bundle(report: Report) -> Bundle:
    """Write the report.  It takes seconds, and a thread."""
    drawn = charts(report)
    return Bundle(report=report, html=page(report, drawn).encode(), charts=drawn)
