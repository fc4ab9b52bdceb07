"""A real PostgreSQL for the tests, started when the first test asks for it.

The one that NOVALGO_TEST_DATABASE_URL names (its user must be allowed to create databases); else a
private server of the installed PostgreSQL, which is installed first where this user may.  A
server of the machine is never touched.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import sqlalchemy as sa

from tests.packages import installed
from tests.ports import free_port

_VERSIONS = Path("/usr/lib/postgresql")
_OWNER = "nobody"
"""Who runs the server where we are root, as whom PostgreSQL refuses to run."""
_BOOT_SECONDS = 60.0
_HOW_TO = "install it (apt-get install postgresql) or set NOVALGO_TEST_DATABASE_URL"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
}

# Ends the server when this process ends, however it ends: the pipe to it closes.
_WATCHDOG = 'cat >/dev/null; kill -s QUIT "$1" && sleep 1; rm -rf -- "$2"'


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Return a PostgreSQL's address, without a database of ours."""
    given = os.environ.get("NOVALGO_TEST_DATABASE_URL")
    if given:
        yield given
        return
    if not installed("postgresql", is_installed):
        unavailable = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        unavailable(f"PostgreSQL is not installed: {_HOW_TO}")
    with private_server(fsync=False) as url:  # no test cuts the server's power
        yield url


@pytest.fixture
def database_url(postgres_url: str) -> Iterator[str]:
    """Return the address of an empty database, which is dropped after the test."""
    name = f"novalgo_test_{uuid4().hex}"
    with admin(postgres_url) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    yield sa.make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    with admin(postgres_url) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@contextmanager
def admin(url: str) -> Iterator[psycopg.Connection]:
    """Give a plain connection, to arrange and to look at what no service may."""
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def end_session_that_writes(url: str, service: str) -> None:
    """End the session that holds a service's lock, as an administrator can."""
    with admin(url) as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks"
            " WHERE locktype = 'advisory' AND granted AND objid = hashtext(%s)::oid AND database ="
            " (SELECT oid FROM pg_database WHERE datname = current_database())",
            [service],
        ).fetchall()
    assert ended == [(True,)]


@contextmanager
def private_server(*, fsync: bool) -> Iterator[str]:
    """Give the address of a server of the installed PostgreSQL, which ends with the context."""
    folder = Path(tempfile.mkdtemp(prefix="novalgo-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, _OWNER)
    port = free_port()
    url = f"postgresql://novalgo@127.0.0.1:{port}/postgres"
    data = str(folder / "data")
    settings = {**_SETTINGS, "fsync": "on" if fsync else "off"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    _spawn("initdb", "-D", data, "-U", "novalgo", "-A", "trust", "-N", "-E", "UTF8").wait()
    server = _spawn("postgres", "-D", data, "-p", str(port), *options)
    watchdog = subprocess.Popen(
        ["sh", "-c", _WATCHDOG, "sh", str(server.pid), str(folder)],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_until_it_answers(url, server)
        yield url
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait()
        watchdog.communicate()


def _spawn(program: str, *arguments: str) -> subprocess.Popen[bytes]:
    programs = _programs()
    assert programs is not None
    return subprocess.Popen(
        [programs / program, *arguments],
        user=_OWNER if os.geteuid() == 0 else None,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def program(name: str) -> Path:
    """Return one of the programs that come with PostgreSQL; skip the test where there are none."""
    programs = _programs()
    if programs is None or not (programs / name).exists():
        pytest.skip(f"{name} is not installed: {_HOW_TO}")
    return programs / name


def is_installed() -> bool:
    return _programs() is not None


def _programs() -> Path | None:
    """Return where the newest installed server's programs lie."""
    by_version = sorted(_VERSIONS.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = by_version[-1] if by_version else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _wait_until_it_answers(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _BOOT_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            psycopg.connect(url, connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    pytest.fail("PostgreSQL did not start")
