"""Every chart of a report, by the name of its file."""

from collections.abc import Mapping

from novalgo_analytics.charts.comparison import comparison_chart
from novalgo_analytics.charts.distribution import distribution_chart
from novalgo_analytics.charts.equity import equity_chart
from novalgo_analytics.charts.heat import heat_chart
from novalgo_analytics.charts.symbols import symbols_chart
from novalgo_analytics.reports.report import Report


def charts(report: Report) -> Mapping[str, bytes]:
    """Return the charts as PNG, in the order of reading; what has not enough data has none."""
    drawn = {
        "equity": equity_chart(report.days, report.returns, report.drawdown),
        "benchmark": comparison_chart(report.benchmark, report.returns, report.benchmark_returns),
        "symbols": symbols_chart(report.by_symbol),
        "results": distribution_chart([float(line.trade.realised) for line in report.trades]),
        "hours": heat_chart(report.heat),
    }
    return {name: image for name, image in drawn.items() if image is not None}
