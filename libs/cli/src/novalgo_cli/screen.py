"""Where commands print."""

from rich.console import Console

WIDTH = 110
"""Columns, where there is no terminal: a file or a pipe cuts nothing short."""


def screen() -> Console:
    return Console() if Console().is_terminal else Console(width=WIDTH)
