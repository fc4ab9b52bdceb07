"""What others wrote and the page serves is what they published."""

from hashlib import sha256
from pathlib import Path

from novalgo_analytics.page.shell import FILES

VENDOR = FILES / "vendor"


def listed() -> dict[str, str]:
    lines = (VENDOR / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split() for line in lines)}


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def test_every_vendored_file_is_listed_and_is_as_it_was_published() -> None:
    files = [path for path in VENDOR.iterdir() if path.name not in ("README.md", "SHA256SUMS")]

    assert {path.name: digest(path) for path in files} == listed()


def test_no_file_of_the_page_loads_anything_from_elsewhere() -> None:
    own = [path for path in FILES.rglob("*") if path.suffix in (".html", ".js", ".css")]

    assert own
    for path in own:
        text = path.read_text(encoding="utf-8")
        for loading in ('src="http', "@import", "url(http", 'import("http', 'from "http'):
            assert loading not in text, path
