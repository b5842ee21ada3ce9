"""A real clamd with one signature of its own, for the harmless file that every scanner knows; it updates nothing."""

import contextlib
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.real.databases import other_user
from tests.real.loop_thread import LOOPBACK, free_port
from tests.real.processes import Program, clean_environment, need_program
from tests.real.waiting import eventually

START_SECONDS = 30
# In two parts, so that no scanner takes this file for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@dataclass(frozen=True)
class Clamd:
    """A scanner that can be stopped and started again."""

    program: Program
    folder: Path
    port: int

    @property
    def socket_path(self) -> str:
        """What CLAMD_ADDRESS is for the socket."""
        return str(self.folder / "clamd.socket")

    @property
    def tcp_address(self) -> str:
        """What CLAMD_ADDRESS is for the port."""
        return f"tcp://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.program.start()
        eventually(self._answers, START_SECONDS, self.program.last_lines)

    def stop(self) -> None:
        """Stop it."""
        self.program.stop()

    def _answers(self) -> bool:
        """Return whether it says PONG on its port."""
        assert self.program.is_running(), self.program.last_lines()
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=1) as connection:
                connection.sendall(b"zPING\0")
                return connection.recv(16).startswith(b"PONG")
        except OSError:
            return False


@contextlib.contextmanager
def start_clamd() -> Iterator[Clamd]:
    """Run a clamd in a folder that vanishes."""
    program = need_program("clamd", "/usr/sbin/clamd")
    folder = Path(tempfile.mkdtemp(prefix="clinic-clamd-"))
    port = free_port()
    _configure(folder, port)
    user = other_user() if os.geteuid() == 0 else None
    if user:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, user)
    command = [program, "--config-file", str(folder / "clamd.conf"), "--foreground"]
    clamd = Clamd(Program("clamd", command, clean_environment(), folder / "clamd.log", user), folder, port)
    try:
        clamd.start()
        yield clamd
    finally:
        clamd.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _configure(folder: Path, port: int) -> None:
    """Write the configuration, and the one signature: found anywhere in a file of any type."""
    for name in ("db", "tmp"):
        (folder / name).mkdir()
    (folder / "db" / "own.ndb").write_text(f"Test-File:0:*:{EICAR.hex()}\n", encoding="ascii")
    settings = {
        "DatabaseDirectory": folder / "db",
        "TemporaryDirectory": folder / "tmp",
        "LocalSocket": folder / "clamd.socket",
        "LocalSocketMode": "666",
        "TCPSocket": port,
        "TCPAddr": LOOPBACK,
        "MaxThreads": 4,
        "Bytecode": "no",
        "SelfCheck": 3600,
    }
    lines = (f"{name} {value}\n" for name, value in settings.items())
    (folder / "clamd.conf").write_text("".join(lines), encoding="utf-8")
