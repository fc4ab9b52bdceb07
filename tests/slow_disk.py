"""A disk that takes its time: a process's syncs wait as long as a file says."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int synced(const char *name, int descriptor) {
    const char *path = getenv("SLOW_SYNCS");
    FILE *file = path ? fopen(path, "r") : NULL;
    double seconds = 0;
    if (file) {
        if (fscanf(file, "%lf", &seconds) != 1) seconds = 0;
        fclose(file);
    }
    usleep((useconds_t)(seconds * 1e6));
    return ((int (*)(int))dlsym(RTLD_NEXT, name))(descriptor);
}

int fsync(int descriptor) { return synced("fsync", descriptor); }
int fdatasync(int descriptor) { return synced("fdatasync", descriptor); }
"""


@dataclass(frozen=True)
class SlowSyncs:
    """What makes the syncs of a process slow that runs in its `environ`."""

    library: Path
    told: Path

    @classmethod
    def built_in(cls, folder: Path) -> "SlowSyncs | None":
        """Build it with the machine's C compiler; None where there is none."""
        compiler = shutil.which("cc")
        if compiler is None:
            return None
        library = folder / "slow_syncs.so"
        command = [compiler, "-shared", "-fPIC", "-o", str(library), "-xc", "-", "-ldl"]
        subprocess.run(command, input=_SOURCE, text=True, check=True)
        return cls(library, folder / "slow_syncs")

    @property
    def environ(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(self.library), "SLOW_SYNCS": str(self.told)}

    @contextmanager
    def taking(self, seconds: float) -> Iterator[None]:
        """Let each sync take so long."""
        self.told.write_text(f"{seconds}\n")
        try:
            yield
        finally:
            self.told.unlink()
