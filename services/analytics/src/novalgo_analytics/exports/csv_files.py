"""Tables as CSV files, written row by row: of years they are long."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from zipfile import ZipFile

from novalgo_analytics.exports.csv_file import rows_into
from novalgo_analytics.exports.tables import COLUMNS, Name, Row


class CsvFolder:
    """Writes each table into a file of the folder, row by row."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def table(self, name: Name) -> Iterator[Callable[[Row], None]]:
        with (self._folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            yield rows_into(file, COLUMNS[name])


class CsvArchive:
    """Writes each table into a file of the archive, row by row."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive

    @contextmanager
    def table(self, name: Name) -> Iterator[Callable[[Row], None]]:
        with (
            self._archive.open(f"{name}.csv", "w") as member,
            TextIOWrapper(member, encoding="utf-8", newline="") as file,
        ):
            yield rows_into(file, COLUMNS[name])
