"""The programs that check manifests without a cluster, from requirements/manifests.txt."""

import fcntl
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements" / "manifests.txt"
FOLDER = ROOT / ".venv" / "manifests"


@cache
def tools() -> Path:
    """Return the folder of the programs, which are installed when they are first asked for."""
    stamp = FOLDER / LOCK.name
    with (Path(tempfile.gettempdir()) / "novalgo-manifests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes may ask at once
        if not stamp.exists() or stamp.read_bytes() != LOCK.read_bytes():
            _install()
            stamp.write_bytes(LOCK.read_bytes())
    return FOLDER / "bin"


def run(program: str, *arguments: object, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Run one of them in the project's folder."""
    return subprocess.run(
        [tools() / program, *map(str, arguments)],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "HOME": str(FOLDER), **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def _install() -> None:
    subprocess.run([sys.executable, "-m", "venv", FOLDER], check=True)
    install = ("-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "-r", LOCK)
    subprocess.run([FOLDER / "bin" / "python", *install], check=True)
