"""The shape of the house: who may import what.

A service meets the others only on the bus, each outside system's SDK has one home, and what decides
does no I/O and reads no clock.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(ROOT.glob("libs/*/src/**/*.py")) + sorted(ROOT.glob("services/*/src/**/*.py"))

SERVICES = {"novalgo_ingest", "novalgo_executor", "novalgo_sheets", "novalgo_analytics"}

HOMES = {
    "aio_pika": "novalgo_common/rabbitmq/",
    "alpaca": "novalgo_executor/alpaca/",
    "apprise": "novalgo_analytics/notifications/channel.py",
    "gspread": "novalgo_sheets/google.py",
    "matplotlib": "novalgo_analytics/charts/",
}

DECIDING = {
    "novalgo_common": {"exchange_days.py"},
    "novalgo_ingest": {
        "addresses.py",
        "alert.py",
        "answers.py",
        "message.py",
        "moments.py",
        "names.py",
        "openapi.py",
        "redact.py",
        "strict_json.py",
        "text_pattern.py",
        "translate.py",
    },
    "novalgo_executor": {
        "answers.py",
        "decide.py",
        "facts.py",
        "fills.py",
        "reconcile.py",
        "refuse.py",
        "size.py",
        "snapshot.py",
        "steps.py",
        "terms.py",
        "transfers.py",
    },
    "novalgo_sheets": {
        "boards_tabs.py",
        "cells.py",
        "config_cell.py",
        "config_row.py",
        "config_tab.py",
        "edits.py",
        "face.py",
        "google_anchors.py",
        "google_grid.py",
        "guard.py",
        "headers.py",
        "layout.py",
        "pace.py",
        "performance_tab.py",
        "plan.py",
        "quota.py",
        "risk_tab.py",
        "status.py",
        "table.py",
        "trouble.py",
    },
    "novalgo_analytics": {
        "accounting/average_cost.py",
        "accounting/excursions.py",
        "accounting/ledger.py",
        "accounting/lots.py",
        "accounting/movement.py",
        "accounting/statement.py",
        "accounting/trades.py",
        "execution/endings.py",
        "execution/slippage.py",
        "execution/way.py",
        "exports/csv_file.py",
        "exports/tables.py",
        "figures.py",
        "measures/activity.py",
        "measures/benchmark.py",
        "measures/drawdown.py",
        "measures/groups.py",
        "measures/returns.py",
        "measures/trading.py",
        "page/condition.py",
        "page/course.py",
        "page/links.py",
        "page/receipt.py",
        "page/session.py",
        "page/verdict.py",
        "notifications/notice.py",
        "notifications/outgoing.py",
        "notifications/rules.py",
        "notifications/telling.py",
        "notifications/thresholds.py",
        "performance.py",
        "reports/period.py",
        "reports/report.py",
        "reports/schedule.py",
        "stages.py",
        "summary.py",
        "wording.py",
    },
}

IMPURE = {
    "alembic",
    "asyncio",
    "fastapi",
    "novalgo_common.bus",
    "novalgo_common.store",
    "os",
    "pathlib",
    "random",
    "requests",
    "socket",
    "sqlalchemy",
    "structlog",
    "threading",
    "time",
    "uuid.uuid4",
}
CLOCKS = {"now", "utcnow", "today", "utc_now", "uuid4", "open", "print"}


def place(path: Path) -> str:
    """Return where a module lies, from its package on."""
    return str(path.relative_to(ROOT)).split("/src/")[1]


def imports(path: Path) -> Iterator[str]:
    """Yield the full names that a module imports, those inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def packages(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


def deciding_modules() -> list[Path]:
    return [
        path
        for path in SOURCES
        if place(path).partition("/")[2] in DECIDING.get(place(path).partition("/")[0], set())
    ]


def may_use_sqlalchemy(path: Path) -> bool:
    parts = place(path).split("/")
    return path.name == "store.py" or "store" in parts or "migrations" in parts


def test_services_never_import_each_other() -> None:
    for path in SOURCES:
        own = place(path).split("/")[0]
        if own in SERVICES:
            assert not packages(path) & (SERVICES - {own}), place(path)


def test_libraries_never_import_a_service() -> None:
    for path in SOURCES:
        if place(path).startswith(("novalgo_common/", "novalgo_simulator/")):
            assert not packages(path) & SERVICES, place(path)


def test_no_service_knows_the_simulator() -> None:
    for path in SOURCES:
        if place(path).split("/")[0] in SERVICES | {"novalgo_common"}:
            assert "novalgo_simulator" not in packages(path), place(path)


@pytest.mark.parametrize("sdk", sorted(HOMES))
def test_an_sdk_has_one_home(sdk: str) -> None:
    users = {place(path) for path in SOURCES if sdk in packages(path)}

    assert users
    assert [user for user in users if not user.startswith(HOMES[sdk])] == []


def test_sqlalchemy_lives_in_stores_and_migrations() -> None:
    users = [path for path in SOURCES if "sqlalchemy" in packages(path)]

    assert users
    assert [place(path) for path in users if not may_use_sqlalchemy(path)] == []


def test_every_deciding_module_is_where_it_is_looked_for() -> None:
    assert len(deciding_modules()) == sum(len(names) for names in DECIDING.values())


@pytest.mark.parametrize("path", deciding_modules(), ids=place)
def test_what_decides_does_no_input_or_output_and_reads_no_clock(path: Path) -> None:
    imported = set(imports(path))
    assert {name for name in IMPURE if imported & {name}} == set()

    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        assert not isinstance(node, ast.AsyncFunctionDef | ast.Await), (
            "a decision waits for nothing"
        )
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            assert name not in CLOCKS, f"{name} is called"
