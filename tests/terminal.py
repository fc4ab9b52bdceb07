"""A command on a terminal, as a person runs it."""

import asyncio
import os
import pty
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from tests.novalgo_process import NOVALGO, clean_environ

CTRL_C = b"\x03"


@dataclass
class Terminal:
    process: asyncio.subprocess.Process
    keyboard: int
    """The file descriptor of the terminal's other side."""
    shown: bytearray

    async def shows(self, text: str, *, seconds: float) -> None:
        """Wait until the screen has shown the text."""
        async with asyncio.timeout(seconds):
            while text.encode() not in self.shown:
                assert self.process.returncode is None, self.shown.decode()
                await asyncio.sleep(0.05)

    def press_ctrl_c(self) -> None:
        os.write(self.keyboard, CTRL_C)


@asynccontextmanager
async def on_a_terminal(*arguments: str, environ: Mapping[str, str]) -> AsyncIterator[Terminal]:
    """Run a `novalgo` command on a terminal of its own; kill what is left at the end."""
    keyboard, screen = pty.openpty()
    shown = bytearray()
    loop = asyncio.get_running_loop()
    loop.add_reader(keyboard, _read, keyboard, shown)
    process = await asyncio.create_subprocess_exec(
        "setsid",
        "--ctty",
        "--wait",
        NOVALGO,
        *arguments,
        env=clean_environ() | {"TERM": "xterm"} | dict(environ),
        stdin=screen,
        stdout=screen,
        stderr=screen,
    )
    os.close(screen)
    try:
        yield Terminal(process, keyboard, shown)
    finally:
        loop.remove_reader(keyboard)
        os.close(keyboard)  # hangs up, which ends whatever still runs there
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _read(keyboard: int, shown: bytearray) -> None:
    with suppress(OSError):  # the other side is gone
        shown += os.read(keyboard, 65_536)
