"""Runs the migrations that are due, with Alembic."""

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine


def run_alembic(engine: "Engine", versions: Path) -> None:
    """Bring the tables to the newest of the versions in a folder."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("version_locations", str(versions))
    config.set_main_option("path_separator", "newline")
    with engine.connect().execution_options(novalgo_write=True) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
