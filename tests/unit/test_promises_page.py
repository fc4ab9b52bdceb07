"""docs/promises.md names the tests that would falsify it: they must be there."""

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs" / "promises.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(?:([\w/]+\.py)::)?(test_\w+)`", PAGE)))


def functions_of(path: Path) -> set[str]:
    """Return the names of a file's functions."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, functions)}


def test_the_page_names_tests() -> None:
    assert len(NAMED) > 100


@pytest.mark.parametrize(("file", "name"), NAMED, ids=[name for _, name in NAMED])
def test_a_test_that_the_page_names_is_there(file: str, name: str) -> None:
    assert file, "the page names a test without its file"
    assert (TESTS / file).exists()
    assert name in functions_of(TESTS / file)


def test_every_promise_fault_and_trap_has_its_row() -> None:
    rows = re.findall(r"^\| (P?\d+) \|", PAGE, flags=re.MULTILINE)

    promises = [f"P{number}" for number in range(1, 14)]
    faults_and_traps = [str(number) for last in (85, 26) for number in range(1, last + 1)]
    assert rows == promises + faults_and_traps
