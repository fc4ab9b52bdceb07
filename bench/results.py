"""What a run of the benchmarks found, kept as JSON so that another run can be held against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from bench.figures import Found

DOCS = Path("docs")
RESULTS = Path("var/bench")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one benchmark found, or why it found nothing."""

    name: str
    seconds: float
    """How long it took."""
    found: Sequence[Found] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    machine: Mapping[str, str]
    began: str
    """The time of the start in UTC, as it names the run's file."""
    seconds: float
    """How long all of it took."""
    whole: bool
    """Whether every benchmark was asked for."""
    measured: Sequence[Measured]


_RUN = TypeAdapter(Run)


def save(folder: Path, run: Run) -> Path:
    """Write the run into the folder, under the time of its start, and say so where it is a part."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{run.began}{'' if run.whole else '-part'}.json"
    path.write_bytes(_RUN.dump_json(run, indent=1))
    return path


def load(path: Path) -> Run:
    """Return a run that was saved; raise `ValueError` where the file holds none."""
    return _RUN.validate_json(path.read_bytes())
