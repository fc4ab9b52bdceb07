"""Both kinds of database, for tests that must hold on either."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from novalgo_common.settings import Settings

BOTH = ("sqlite", "postgresql")


def store_settings(kind: str, request: pytest.FixtureRequest, data_dir: Path) -> Settings:
    """Return settings that name an empty database of this kind."""
    if kind == "sqlite":
        return Settings(data_dir=data_dir)
    url = SecretStr(request.getfixturevalue("database_url"))
    return Settings(data_dir=data_dir, database_url=url)
