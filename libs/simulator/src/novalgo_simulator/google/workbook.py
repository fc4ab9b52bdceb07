"""The spreadsheet: a directory of CSV files, one a tab, that a person can edit while it runs."""

import csv
import io
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any, TypeAlias

from novalgo_simulator.google.dress import Dress
from novalgo_simulator.google.grid import Tab

Json: TypeAlias = dict[str, Any]
Tabs: TypeAlias = Mapping[str, Tab]

EXAMPLE = (
    ("symbol", "position_size", "active", "Time Frame", "Order Status", "Last Updated", "Reason"),
    ("AAPL", "5000", "TRUE", "15 Min"),
    ("MSFT", "5000", "TRUE", "30 Min"),
    ("NVDA", "4000", "TRUE", "5 Min"),
    ("TSLA", "3000", "FALSE", "45 Min"),
)
_TRIES = 5
_DRESS = ".dress.json"
"""What the tabs have beside their cells."""


class Workbook:
    """Reads the files anew for every request, and changes each of them in one step or not at all.

    A file that somebody saved while a change was being made is read again and changed again, so
    that neither of the two is lost.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._beside: dict[str, Json] = {}
        self._lock = Lock()

    def create(self) -> None:
        """Make the directory, and a Config tab of a few example rows where there is no tab."""
        self._directory.mkdir(parents=True, exist_ok=True)
        if not any(self._directory.glob("*.csv")):
            self._save(Tab(title="Config").holding(EXAMPLE))
        beside = self._directory / _DRESS
        self._beside = json.loads(beside.read_text()) if beside.exists() else {}

    def read(self) -> Tabs:
        """Return the tabs as they are now, by title, Config first."""
        with self._lock:
            return self._load()

    def change(self, update: Callable[[Tabs], Tabs]) -> Tabs:
        """Replace the tabs by what `update` makes of them; it may be called more than once."""
        with self._lock:
            for _ in range(_TRIES):
                before = self._stamps()
                old = self._load()
                new = update(old)
                if self._stamps() == before:
                    break
            self._store(old, new)
            return new

    def _load(self) -> Tabs:
        paths = sorted(
            self._directory.glob("*.csv"), key=lambda path: (path.stem != "Config", path)
        )
        return {path.stem: self._parse(path) for path in paths}

    def _parse(self, path: Path) -> Tab:
        beside = self._beside.get(path.stem, {})
        # A spreadsheet program may have put a byte order mark before the first header.
        text = path.read_bytes().decode("utf-8-sig", errors="replace")
        cells = list(csv.reader(io.StringIO(text, newline="")))
        return Tab(
            title=path.stem,
            rows=beside.get("rows", 1000),
            columns=beside.get("columns", 26),
            dress=Dress.from_json(beside.get("dress", {})).anchored(cells[0] if cells else ()),
            number=beside.get("number"),
        ).holding(cells)

    def _stamps(self) -> dict[str, tuple[int, int, int]]:
        stats = {path.stem: path.stat() for path in self._directory.glob("*.csv")}
        return {title: (s.st_mtime_ns, s.st_size, s.st_ino) for title, s in stats.items()}

    def _store(self, old: Tabs, new: Tabs) -> None:
        for title in old.keys() - new.keys():
            self._path(title).unlink(missing_ok=True)
        for title, tab in new.items():
            if title not in old or old[title].cells != tab.cells:
                self._save(tab)
        beside = {title: _beside(tab) for title, tab in new.items() if _beside(tab) != _ORDINARY}
        if beside != self._beside:
            self._beside = beside
            self._replace(self._directory / _DRESS, json.dumps(beside))

    def _save(self, tab: Tab) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(tab.cells)
        self._replace(self._path(tab.title), text.getvalue())

    def _replace(self, path: Path, text: str) -> None:
        descriptor, temporary = tempfile.mkstemp(dir=self._directory, suffix=".part")
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)

    def _path(self, title: str) -> Path:
        return self._directory / f"{title}.csv"


def _beside(tab: Tab) -> Json:
    return {
        "rows": tab.rows,
        "columns": tab.columns,
        "number": tab.number,
        "dress": tab.dress.as_json(),
    }


_ORDINARY = _beside(Tab(title=""))
