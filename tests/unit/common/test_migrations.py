"""Tables are brought to their newest version, and what does that is loaded only when it is due."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

SERVICES = Path(__file__).parents[3] / "services"
REVISION = re.compile(r'^revision = "(.*)"$', re.MULTILINE)

START = """
import sys
from pathlib import Path
from novalgo_common.migrations import upgrade
from novalgo_common.settings import Settings
from novalgo_common.store.engines import open_engine

with open_engine(Settings(data_dir=Path(sys.argv[1])), "ingest") as engine:
    upgrade(engine, "novalgo_ingest")
print("loaded" if "alembic" in sys.modules else "not loaded")
"""


def start(data_dir: Path) -> str:
    """Open ingest's store in a process of its own; return what it says of Alembic."""
    command = [sys.executable, "-c", START, str(data_dir)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_alembic_is_loaded_only_where_a_version_is_due(tmp_path: Path) -> None:
    assert [start(tmp_path), start(tmp_path)] == ["loaded", "not loaded"]


@pytest.mark.parametrize("service", sorted(path.name for path in SERVICES.iterdir()))
def test_a_version_is_the_number_that_its_file_begins_with(service: str) -> None:
    folder = SERVICES / service / "src" / f"novalgo_{service}" / "migrations"
    found = sorted(folder.glob("0*.py"))

    assert [path.name[:4] for path in found] == [f"{n:04}" for n in range(1, len(found) + 1)]
    for path in found:
        assert REVISION.findall(path.read_text(encoding="utf-8")) == [path.name[:4]]
