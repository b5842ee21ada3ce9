"""PostgreSQL and Redis as Debian ships them, on free ports of the loopback, in folders that vanish."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.real.loop_thread import LOOPBACK, free_port
from tests.real.processes import Program, as_user, clean_environment, need_program
from tests.real.waiting import eventually

START_SECONDS = 20
SUPERUSER = "clinic"


@dataclass(frozen=True)
class PostgresServer:
    """A running PostgreSQL with one user, who may do everything."""

    port: int

    def url(self, database: str) -> str:
        """Return what DATABASE_URL must be for one of its databases."""
        return f"postgres://{SUPERUSER}@{LOOPBACK}:{self.port}/{database}"

    def create(self, database: str, template: str = "template1") -> str:
        """Make a database, as a copy of `template`, and return its URL."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"'.encode())
        return self.url(database)


@contextlib.contextmanager
def start_postgres() -> Iterator[PostgresServer]:
    """Run a PostgreSQL that forgets everything; as another user where we are root, since it refuses to run as root."""
    initdb = need_program("initdb", "/usr/lib/postgresql/*/bin/initdb")
    user = other_user() if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="clinic-postgres-"))
    if user:
        shutil.chown(folder, user)
    port = free_port()
    command = [str(Path(initdb).with_name("postgres")), "-D", str(folder / "data"), *_options(port)]
    server = Program("postgres", command, clean_environment(), folder / "postgres.log", user)
    try:
        _initialise(initdb, folder, user)
        server.start()
        eventually(lambda: _takes_connections(port) or _fail_if_ended(server), START_SECONDS, server.last_lines)
        yield PostgresServer(port)
    finally:
        # SIGQUIT: at once, without the clean-up that only the next start would need.
        server.stop(signal.SIGQUIT)
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def start_redis() -> Iterator[int]:
    """Run a Redis that stores nothing, and give its port."""
    program = need_program("redis-server")
    folder = Path(tempfile.mkdtemp(prefix="clinic-redis-"))
    port = free_port()
    options = ["--port", str(port), "--bind", LOOPBACK, "--save", "", "--appendonly", "no", "--dir", str(folder)]
    server = Program("redis", [program, *options], clean_environment(), folder / "redis.log")
    try:
        server.start()
        eventually(lambda: _answers(port) or _fail_if_ended(server), START_SECONDS, server.last_lines)
        yield port
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _options(port: int) -> list[str]:
    settings = {
        "listen_addresses": LOOPBACK,
        "port": str(port),
        "unix_socket_directories": "",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "shared_buffers": "32MB",
        "max_connections": "60",
    }
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def _initialise(initdb: str, folder: Path, user: str | None) -> None:
    """Make an empty cluster."""
    command = [initdb, "-D", str(folder / "data"), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C"]
    done = subprocess.run(
        [*command, "--no-sync"],
        cwd="/",
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **as_user(user),
    )
    assert done.returncode == 0, done.stdout + done.stderr


def other_user() -> str:
    """Return a user who is not root."""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


def _takes_connections(port: int) -> bool:
    """Return whether PostgreSQL has started up."""
    try:
        psycopg.connect(host=LOOPBACK, port=port, user=SUPERUSER, dbname="postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _answers(port: int) -> bool:
    """Return whether Redis says PONG."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def _fail_if_ended(server: Program) -> bool:
    if not server.is_running():
        message = f"{server.name} ended with {server.exit_code()}\n{server.last_lines()}"
        raise RuntimeError(message)
    return False
