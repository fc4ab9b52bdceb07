"""A report as one HTML file that needs nothing else: its charts are inside."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from novalgo_analytics.reports.report import Report
from novalgo_analytics.templating import templates

TRADES_SHOWN = 100
CAPTIONS = {
    "equity": "Equity, and how far it is below its highest point",
    "benchmark": "The account beside the benchmark",
    "symbols": "What each symbol earned",
    "results": "How often trades earned how much",
    "hours": "What trades earned by weekday and hour",
}


def page(report: Report, charts: Mapping[str, bytes]) -> str:
    """Return the page; `charts` are PNG by name."""
    images = {
        name: f"data:image/png;base64,{b64encode(png).decode()}" for name, png in charts.items()
    }
    return templates().get_template("report.html").render(context(report, images))


def mail(report: Report, charts: Mapping[str, bytes]) -> str:
    """Return the report as a mail, whose charts are attached to it under their file's names."""
    images = {name: f"cid:{name}.png" for name in charts}
    return templates().get_template("mail.html").render(context(report, images))


def context(report: Report, images: Mapping[str, str]) -> dict[str, Any]:
    """Return what the templates of a report write; `images` are addresses by name."""
    return {
        "report": report,
        "numbers": report.numbers,
        "ratios": report.ratios,
        "figures": report.figures,
        "account": report.figures.account,
        "images": images,
        "captions": CAPTIONS,
        "trades": report.trades[::-1][:TRADES_SHOWN],
        "groups": {
            "Symbol": report.by_symbol,
            "Timeframe (each book by its own fills)": report.by_timeframe,
            "Side": report.by_side,
            "Weekday of the entry": report.by_weekday,
            "Hour of the entry, Pacific": report.by_hour,
        },
    }
