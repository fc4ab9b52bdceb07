"""A run's figures, for a terminal and for docs/chaos.md.  Pure."""

from collections.abc import Iterable, Iterator, Sequence

from rich.table import Table

from tests.chaos.run import Report
from tests.chaos.verdict import Check

SHOWN = 5
"""Violations of one promise that are listed."""


def table(report: Report) -> Table:
    return checks_table(report.checks)


def checks_table(checks: Iterable[Check]) -> Table:
    shown = Table("promise", "", "found", title="What the run came to")
    for check in checks:
        mark = "kept" if check.holds else "[red]BROKEN[/red]"
        wrong = "\n".join(check.wrong[:SHOWN])
        more = f"\n({len(check.wrong)} in all)" if len(check.wrong) > SHOWN else ""
        shown.add_row(check.promise, mark, f"{check.found}\n{wrong}{more}".strip())
    return shown


def figures(report: Report) -> Iterator[str]:
    """Yield the lines of a Markdown report."""
    evidence = report.evidence
    yield f"Seed {report.order.seed}, {report.order.seconds / 60:g} minutes."
    yield ""
    yield "| what | count |"
    yield "|---|---|"
    yield f"| alerts | {len(evidence.sent)} |"
    yield f"| sends of them | {sum(alert.sends for alert in evidence.sent)} |"
    yield f"| signals stored | {len(evidence.receipts)} |"
    yield f"| orders at the broker | {len(evidence.account['orders'])} |"
    for what, count in sorted(report.troubles.items()):
        yield f"| {what} | {count} |"
    yield f"| processes that ended by themselves | {report.exits.total()} |"
    for share, name in ((0.5, "median"), (0.99, "99th percentile")):
        yield f"| {name} answer, ms | {_quantile(report.answered_within, share) * 1000:.0f} |"
    yield ""
    yield "| promise | kept | found |"
    yield "|---|---|---|"
    for check in report.checks:
        yield f"| {check.promise} | {'yes' if check.holds else 'NO'} | {check.found} |"


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
