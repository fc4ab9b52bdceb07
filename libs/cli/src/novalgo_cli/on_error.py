"""How a command ends that could not do its work: one line, and exit code 2."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from novalgo_common.errors import NovAlgoError

CANNOT = 2
"""The exit code when a command could not do its work."""


@contextmanager
def one_line_on_error() -> Iterator[None]:
    try:
        yield
    except NovAlgoError as error:
        sys.stderr.write(f"novalgo: {error}\n")
        raise typer.Exit(CANNOT) from None
