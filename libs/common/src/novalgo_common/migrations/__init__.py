"""Brings a service's tables to their newest version, with Alembic."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine


def upgrade(engine: "Engine", package: str) -> None:
    """Upgrade the tables of `package`, whose versions lie in `<package>/migrations`."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("version_locations", str(Path(spec.origin).parent / "migrations"))
    config.set_main_option("path_separator", "newline")
    with engine.connect().execution_options(novalgo_write=True) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
