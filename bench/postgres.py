"""The PostgreSQL that the benchmarks use: a private server that writes through to the disk."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from bench.client import BenchError
from tests.postgres import admin, is_installed, private_server

NAME = "novalgo_bench"


@contextmanager
def database_url() -> Iterator[str]:
    """Give the address of an empty database; raise `BenchError` where there can be none."""
    if not is_installed():
        raise BenchError("PostgreSQL is not installed")
    with private_server(fsync=True) as url:
        with admin(url) as connection:
            connection.execute(f"CREATE DATABASE {NAME}".encode())
        yield sa.make_url(url).set(database=NAME).render_as_string(hide_password=False)
