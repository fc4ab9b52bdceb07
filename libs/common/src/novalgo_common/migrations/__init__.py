"""Brings a service's tables to their newest version."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

NOTED_IN = "alembic_version"


def upgrade(engine: "Engine", package: str) -> None:
    """Upgrade the tables of `package`, whose versions lie in `<package>/migrations`.

    Each version is a file that begins with its number, and the highest is the newest.
    """
    versions = _versions_of(package)
    if _version_of(engine) != _newest(versions):
        # Only then: it would stay in the memory of every service for as long as that runs.
        from novalgo_common.migrations.due import run_alembic  # noqa: PLC0415

        run_alembic(engine, versions)


def _versions_of(package: str) -> Path:
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "migrations"


def _newest(versions: Path) -> str:
    return max(path.name.partition("_")[0] for path in versions.glob("[0-9]*_*.py"))


def _version_of(engine: "Engine") -> str | None:
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table(NOTED_IN):
            return None
        return connection.execute(sa.text(f"SELECT version_num FROM {NOTED_IN}")).scalar()  # noqa: S608
