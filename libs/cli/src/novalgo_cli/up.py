"""`novalgo up`: the services in one process, until SIGTERM or Ctrl-C."""

from collections.abc import Mapping, Sequence

import uvloop
from rich.console import Console

from novalgo_cli.announcement import announcement
from novalgo_cli.services import called_for
from novalgo_common.process import serve


def up(names: Sequence[str], environ: Mapping[str, str], console: Console) -> None:
    """Run the services; say what is real and what is simulated before anything is opened.

    Raises `SettingsError` or `UnavailableError` when they cannot start.
    """
    services = called_for(names, environ)
    console.print(f"NovAlgo: {', '.join(service.name for service in services)}\n", style="bold")
    for line in announcement(names, environ):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print()

    def ready() -> None:
        console.print("Ready. Ctrl-C ends it.", style="bold")

    uvloop.run(serve(services, environ, on_ready=ready))
