"""Real programs for tests: started in their own sessions, found by their environment, never left behind."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.real.waiting import eventually

ROOT = Path(__file__).resolve().parent.parent.parent
STOP_SECONDS = 15
LOG_LINES = 40
LINE_LENGTH = 400


def need_program(name: str, *places: str) -> str:
    """Return the path of a program, on the path or by patterns below /; skip, or fail in CI, where it is missing."""
    found = shutil.which(name)
    for place in places:
        found = found or next((str(path) for path in sorted(Path("/").glob(place.lstrip("/")), reverse=True)), None)
    if not found:
        leave_out(f"{name} is not installed")
    return found


def leave_out(reason: str) -> NoReturn:
    """Skip the test, or fail it in CI, where nothing may be left out."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def clean_environment(**values: str) -> dict[str, str]:
    """Return an environment in which nothing of this test run, or of a person's own site, colours a program."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1", **values}


def as_user(name: str | None) -> dict[str, Any]:
    """Return what subprocess needs to run a program as another user."""
    return {"user": name, "group": pwd.getpwnam(name).pw_gid, "extra_groups": []} if name else {}


@dataclass
class Program:
    """One started program and its log."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    user: str | None = None
    _child: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start it, in a session of its own.

        It dies with the thread that started it, however that ends (Linux): start programs from the test itself.
        """
        command = list(self.command)
        if setpriv := shutil.which("setpriv"):
            command = [setpriv, "--pdeathsig=KILL", "--", *command]
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                command,
                cwd=ROOT if self.user is None else "/",
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **as_user(self.user),
            )

    @property
    def pid(self) -> int:
        """The process that was started."""
        assert self._child is not None, f"{self.name} was not started"
        return self._child.pid

    def exit_code(self) -> int | None:
        """Return how it ended, or None while it runs."""
        return self._child.poll() if self._child else None

    def is_running(self) -> bool:
        """Return whether it runs."""
        return self._child is not None and self._child.poll() is None

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self._child is not None
        self._child.send_signal(number)

    def wait(self, seconds: float) -> int:
        """Return the exit code once it ends."""
        assert self._child is not None
        return self._child.wait(seconds)

    def stop(self, first: signal.Signals = signal.SIGTERM, seconds: float = STOP_SECONDS) -> None:
        """End it and everything in its session; kindly first."""
        if self._child is None:
            return
        if self._child.poll() is None:
            self._child.send_signal(first)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(seconds)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait(STOP_SECONDS)
        self._child = None

    def last_lines(self, count: int = LOG_LINES) -> str:
        """Return the end of its log."""
        return last_lines(self.log, count)


def last_lines(log: Path, count: int = LOG_LINES) -> str:
    """Return the end of a log file under its name, without the lines of the tests' own questions."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.is_file() else []
    telling = [line[:LINE_LENGTH] for line in lines if "health-ready" not in line]
    return "\n".join([f"--- {log.name}", *telling[-count:]])


def processes_with(variable: str, value: str) -> dict[int, str]:
    """Return command lines, by process id, of all living processes that were started with an environment variable."""
    wanted = f"{variable}={value}".encode()
    found: dict[int, str] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal():
            continue
        with contextlib.suppress(OSError):
            if wanted in (folder / "environ").read_bytes().split(b"\0") and not _is_zombie(folder):
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    return dict(sorted(found.items()))


def kill(pids: Sequence[int]) -> None:
    """SIGKILL processes, parents before the children they might start again, and wait until they are gone."""
    for pid in sorted(pids):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    eventually(lambda: not any(is_alive(pid) for pid in pids), STOP_SECONDS, f"{pids} outlive SIGKILL")


def is_alive(pid: int) -> bool:
    """Return whether a process runs; one that merely waits to be buried does not."""
    folder = Path("/proc") / str(pid)
    try:
        return not _is_zombie(folder)
    except OSError:
        return False


def _is_zombie(folder: Path) -> bool:
    return (folder / "stat").read_text().rpartition(")")[2].split()[0] in {"Z", "X"}
