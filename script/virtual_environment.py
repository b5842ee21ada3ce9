"""Makes and heals `.venv`: the libraries of the lock files, checked by hash, and nothing else."""

import fcntl
import hashlib
import importlib.util
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
PYTHON = FOLDER / "bin" / "python"
BASE_LOCK = ROOT / "requirements" / "base.txt"
DEV_LOCK = ROOT / "requirements" / "dev.txt"
# Written last and removed first: a folder without it was interrupted and is made anew.
STAMP = FOLDER / "installed.txt"
PIP_LOG = FOLDER / "pip.log"
NETWORK_TROUBLE = (
    "NewConnectionError",
    "NameResolutionError",
    "Network is unreachable",
    "Connection refused",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ProxyError",
)


class SetupError(Exception):
    """The environment cannot be prepared; the message is one sentence for the person at the terminal."""


def prepare(locks: list[Path]) -> Path:
    """Return the interpreter of `.venv` after installing what `locks` name and it lacks."""
    try:
        with _one_at_a_time() as turn:
            wanted = _fingerprints(locks)
            present = _present()
            if not wanted <= present:
                if _interpreter() not in present:
                    _make_environment(turn)
                _install(locks, wanted, turn)
    except OSError as error:
        message = f"The virtual environment {FOLDER} cannot be prepared: {error}."
        raise SetupError(message) from error
    return PYTHON


@contextmanager
def _one_at_a_time() -> Iterator[int]:
    """Hold a lock on the folder of lock files, so that two starts never install at once.

    Every program started meanwhile inherits the handle: should this process be killed, its pip keeps it.
    """
    handle = os.open(BASE_LOCK.parent, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("Another start is preparing the libraries; waiting for it ...")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _interpreter() -> str:
    """Return the stamp's line for this Python."""
    return f"python {platform.python_version()} {sys.base_prefix}"


def _fingerprints(locks: list[Path]) -> set[str]:
    """Return the lines that a stamp must hold for `locks` to be installed."""
    digests = {f"{lock.name} {hashlib.sha256(lock.read_bytes()).hexdigest()}" for lock in locks}
    return {_interpreter()} | digests


def _present() -> set[str]:
    """Return the stamp's lines, or nothing where the environment is missing, broken or half made."""
    if not (STAMP.is_file() and PYTHON.exists()):
        return set()
    return set(STAMP.read_text(encoding="utf-8").splitlines())


def _install(locks: list[Path], wanted: set[str], turn: int) -> None:
    """Install `locks` and stamp the environment."""
    STAMP.unlink(missing_ok=True)
    _say("Installing the libraries (about a minute, only this once) ...")
    requirements = [part for lock in locks for part in ("-r", str(lock))]
    options = ["--require-hashes", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    with PIP_LOG.open("w", encoding="utf-8") as log:
        command = [str(PYTHON), "-m", "pip", "install", *options, *requirements]
        failed = subprocess.run(command, stdout=log, stderr=log, pass_fds=[turn], check=False).returncode
    if failed:
        raise SetupError(_why_pip_failed(PIP_LOG.read_text(encoding="utf-8", errors="replace")))
    STAMP.write_text("\n".join(sorted(wanted)) + "\n", encoding="utf-8")


def _make_environment(turn: int) -> None:
    """Make an empty environment, in place of a broken one."""
    _say(f"Making {FOLDER} ...")
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    command = [sys.executable, "-m", "venv", "--clear", str(FOLDER)]
    if missing or subprocess.run(command, capture_output=True, pass_fds=[turn], check=False).returncode:
        version = ".".join(platform.python_version_tuple()[:2])
        message = (
            f"Python {version} at {sys.executable} cannot make a virtual environment: install its venv module"
            f" (Debian and Ubuntu: apt-get install python{version}-venv), then start again."
        )
        raise SetupError(message)


def _why_pip_failed(log: str) -> str:
    """Return one sentence that tells what pip stumbled over."""
    if any(sign in log for sign in NETWORK_TROUBLE):
        return (
            "The libraries cannot be fetched, since no package index answers: "
            f"connect this machine to the network, then start again (details in {PIP_LOG})."
        )
    errors = [line.removeprefix("ERROR: ") for line in log.splitlines() if line.startswith("ERROR: ")]
    reason = errors[0] if errors else "pip ended without a reason"
    return f"The libraries cannot be installed: {reason} (details in {PIP_LOG})."


def _say(line: str) -> None:
    """Tell the person at the terminal what takes time."""
    print(line, file=sys.stderr, flush=True)
