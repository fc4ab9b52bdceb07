"""`python -m novalgo_common.migrate executor`: brings a service's tables up to date, and ends.

A service does the same when it starts; done before, a new version that cannot is noticed while the
old one still runs.  Old and new versions share the tables meanwhile: migrations only add.
"""

import os
import sys

from novalgo_common.errors import NovAlgoError
from novalgo_common.migrations import upgrade
from novalgo_common.settings import Settings
from novalgo_common.store.engines import open_engine


def migrate(settings: Settings, service: str) -> None:
    """Upgrade a service's tables; raise `TakenError` where a SQLite file is in use."""
    with open_engine(settings, service) as engine:
        upgrade(engine, f"novalgo_{service}")


def main() -> int:
    try:
        migrate(Settings.from_env(os.environ), sys.argv[1])
    except NovAlgoError as error:
        sys.stderr.write(f"novalgo: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
