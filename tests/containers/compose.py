"""`docker compose`, as a person would call it."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Compose:
    files: tuple[Path, ...]
    version: str

    async def __call__(self, *arguments: str, stdin: str = "") -> str:
        """Run one of its commands and return what that printed; raise RuntimeError if it failed."""
        return (await self.raw(*arguments, stdin=stdin.encode())).decode()

    async def raw(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """Do the same with what is no text."""
        files = [part for file in self.files for part in ("--file", str(file))]
        return await self._run("docker", "compose", *files, *arguments, stdin=stdin)

    async def empty(self, service: str) -> None:
        """Take a container away, with the volume that has its name."""
        await self("rm", "--stop", "--force", service)
        await self._run("docker", "volume", "rm", f"novalgo_{service}")

    async def kill(self, service: str) -> None:
        """End a container as a crash would, so that Docker starts it again.

        `docker kill` would count as an order to stay away.
        """
        container = (await self("ps", "--quiet", service)).strip()
        pid = await self._run("docker", "inspect", "--format", "{{.State.Pid}}", container)
        await self._run("kill", "-s", "KILL", pid.decode().strip())

    async def _run(self, *command: str, stdin: bytes = b"") -> bytes:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=ROOT,
            env={**os.environ, "NOVALGO_VERSION": self.version},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        printed, error = await process.communicate(stdin)
        if process.returncode:
            raise RuntimeError(f"{' '.join(command)}: {error.decode(errors='replace')}")
        return printed
