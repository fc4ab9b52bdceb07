import sys
from contextlib import redirect_stderr
from io import StringIO

from rich.console import Console

from novalgo_cli.demo.progress import showing


def test_what_the_services_log_meanwhile_stays_out_of_the_bar() -> None:
    terminal, log = StringIO(), StringIO()

    with redirect_stderr(log), showing(Console(file=terminal, force_terminal=True)) as progress:
        progress.tell(0, "the market opens")
        sys.stderr.write("a line of the log\n")

    assert log.getvalue() == "a line of the log\n"
    assert "the market opens" in terminal.getvalue()
    assert "a line of the log" not in terminal.getvalue()
