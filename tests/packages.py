"""Installs a server that a test needs, where this user may; it is never started as a service."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_POLICY = Path("/usr/sbin/policy-rc.d")


def installed(package: str, is_there: Callable[[], bool]) -> bool:
    """Install a Debian package unless what it brings is there; say whether it is there now."""
    if is_there():
        return True
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    with (Path(tempfile.gettempdir()) / "novalgo-install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_there():
            with _no_service_starts():
                _apt_get("install", package) or (
                    _apt_get("update") and _apt_get("install", package)
                )
    return is_there()


def _apt_get(command: str, *packages: str) -> bool:
    options = ["-qq", "--yes", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    result = subprocess.run(
        ["apt-get", command, *options, *packages], env=environment, capture_output=True, check=False
    )
    return result.returncode == 0


@contextmanager
def _no_service_starts() -> Iterator[None]:
    """Keep packages from starting what they install, as Debian provides for."""
    if _POLICY.exists():
        yield
        return
    _POLICY.write_text("#!/bin/sh\nexit 101\n")
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink()
