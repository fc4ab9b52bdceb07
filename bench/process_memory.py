"""What the kernel says of a process's memory."""

from pathlib import Path


def megabytes(process: int | str, figure: str) -> float:
    """Return a process's `VmRSS` (now) or `VmHWM` (the most that its program had) in MB.

    `process` is its number, or `self`.
    """
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(figure))) / 1024
