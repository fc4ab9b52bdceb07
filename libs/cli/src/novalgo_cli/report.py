"""`novalgo report` and `novalgo export`: what analytics writes, as files."""

import sys
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from rich.console import Console

from novalgo_cli.client import Analytics
from novalgo_common.errors import SettingsError

FORMATS = ("csv", "parquet")


def write_report(
    environ: Mapping[str, str], console: Console, out: Path, *, days: int | None, week: bool
) -> None:
    """Write the page, its charts and its tables into `out`, over what an earlier report left."""
    with console.status("Writing the report"):
        content = Analytics(environ).file("report", days=days, kind="week" if week else None)
    with ZipFile(BytesIO(content)) as archive:
        names = archive.namelist()
        for name in names:
            _write(out / name, archive.read(name))
    page = out / "report.html"
    others = len(names) - 1
    console.print(f"{page} (and {others} charts and tables beside it)", highlight=False)


def write_table(
    environ: Mapping[str, str], table: str, form: str, *, days: int | None, out: Path | None
) -> None:
    """Write one table into a file, or to the standard output."""
    if form not in FORMATS:
        raise SettingsError(f"--format: {form} is none of {', '.join(FORMATS)}")
    content = Analytics(environ).file(f"tables/{table}.{form}", days=days)
    if out is not None:
        _write(out, content)
    else:
        sys.stdout.buffer.write(content)


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written ({error.strerror})") from None
