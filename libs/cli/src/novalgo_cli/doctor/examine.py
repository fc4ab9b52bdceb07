"""Looks at everything in turn, and prints it."""

from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.text import Text

from novalgo_cli.announcement import real_or_simulated
from novalgo_cli.doctor.files import files
from novalgo_cli.doctor.finding import Finding
from novalgo_cli.doctor.neighbours import neighbours
from novalgo_cli.doctor.spreadsheet import spreadsheet
from novalgo_cli.doctor.variables import unknown_variables, wrong_settings
from novalgo_common.settings import Settings

HEALTHY, ILL = 0, 1


def examine(environ: Mapping[str, str], console: Console) -> int:
    """Print each finding, with how to mend it; return 1 where there is a problem."""
    problems = 0
    for finding in _findings(environ):
        _print(console, finding)
        problems += finding.is_problem
    console.print(f"\n{problems} problem{'' if problems == 1 else 's'}", style="bold")
    return ILL if problems else HEALTHY


def _findings(environ: Mapping[str, str]) -> Iterator[Finding]:
    wrong = list(wrong_settings(environ))
    yield from (*wrong, *unknown_variables(environ))
    if wrong:
        return  # what the settings name cannot be looked at while they are wrong
    for line in real_or_simulated(environ):
        subject, _, told = line.partition(" ")
        yield Finding(subject, told.strip())
    settings = Settings.from_env(environ)
    yield from files(settings, environ)
    yield from neighbours(settings, environ)
    yield from spreadsheet(environ)


def _print(console: Console, finding: Finding) -> None:
    mark, style = ("✗", "bold red") if finding.is_problem else ("✓", "green")
    line = Text.assemble((f"{mark} ", style), f"{finding.subject:<15} {finding.told}")
    console.print(line, soft_wrap=True)
    if finding.is_problem:
        console.print(f"    → {finding.mend}", markup=False, highlight=False, soft_wrap=True)
